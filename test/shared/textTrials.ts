/** What people write, changed in each way that `textMutants` knows, and who reads it. */

import { parseParamsJson, printParamsJson } from '../../shared/consensus/paramsJson.js';
import { exampleFile } from '../../shared/config/documents.js';
import { explain } from '../../shared/config/problem.js';
import { resolve } from '../../shared/config/resolve.js';
import { SETTING_KEYS, variableOf } from '../../shared/config/settings.js';
import { parseNetAddress, printNetAddress } from '../../shared/wire/netAddress.js';
import { makeNetwork } from '../support/blocks.js';
import type { Job } from '../support/jobs.js';
import { byKind } from '../support/mutants.js';
import { jsonMutants, signMutants, type TextMutant } from '../support/textMutants.js';

/** What a reader made of a text: a value and what that is printed as, or a sentence. */
type Outcome = { readonly value: unknown; readonly again: string } | { readonly refused: string };

interface Subject {
  readonly mutants: Iterable<TextMutant>;
  readonly read: (text: string) => Outcome;
}

const { params } = makeNetwork({}, 'lan');
const variables = SETTING_KEYS.map(variableOf);

const SUBJECTS: Readonly<Record<string, Subject>> = {
  'a network file': {
    mutants: jsonMutants(JSON.parse(printParamsJson(params))),
    read: (text) => {
      const read = parseParamsJson(text);
      if (!read.ok) return { refused: read.error.problem };
      return { value: read.value, again: printParamsJson(read.value) };
    },
  },
  'a configuration file': {
    mutants: jsonMutants(JSON.parse(exampleFile())),
    read: (text) => {
      const json = parsed(text);
      if (json === undefined) return { refused: 'It is no JSON.' };
      const file = { path: 'config.json', json };
      const read = resolve(SETTING_KEYS, { flags: new Map(), environment: {}, file });
      if (!read.ok) return { refused: explain(read.error, { keys: SETTING_KEYS, variables }) };
      return { value: read.value.values, again: text };
    },
  },
  ...Object.fromEntries(
    ['127.0.0.1:6000', '[2001:db8::1]:443', '[::ffff:10.0.0.1]:1'].map((address) => [
      address,
      { mutants: signMutants(address), read: readAddress },
    ]),
  ),
};

function readAddress(text: string): Outcome {
  const value = parseNetAddress(text);
  if (value === undefined) return { refused: 'It is no address.' };
  return { value, again: printNetAddress(value) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export const TRIALS = Object.entries(SUBJECTS).map(([name, { mutants, read }]) => ({
  ...{ name, read },
  kinds: [...byKind(mutants)].map(([what, texts]) => ({ what, texts })),
}));

export const jobs: readonly Job[] = TRIALS.flatMap(({ name, read, kinds }) =>
  kinds.map(({ what, texts }) => ({
    what: `${name}, ${what}`,
    count: texts.length,
    bytes: texts.reduce((sum, { text }) => sum + text.length, 0),
    run: () => {
      for (const { text } of texts) read(text);
    },
  })),
);
