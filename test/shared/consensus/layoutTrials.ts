/** Each of our binary layouts, changed in each way that `layoutMutants` knows, and its decoder. */

import { AssertionError } from '../../../shared/assert.js';
import { decodeCoins, encodeCoins } from '../../../peer/chain/coinBytes.js';
import { StoreDamage } from '../../../peer/chain/store.js';
import { decodeBlock, encodeBlock } from '../../../shared/consensus/block.js';
import { decodeHeader, encodeHeader, HEADER_BYTES } from '../../../shared/consensus/header.js';
import { decodeParams, encodeParams } from '../../../shared/consensus/params.js';
import { decodeTransaction, encodeTransaction } from '../../../shared/consensus/transaction.js';
import type { Amount } from '../../../shared/units.js';
import {
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';
import type { Job } from '../../support/jobs.js';
import {
  Layout,
  layoutMutants,
  walkBlock,
  walkCoins,
  walkHeader,
  walkParams,
  walkTransaction,
} from '../../support/layoutMutants.js';
import { byKind, type Mutant } from '../../support/mutants.js';

const network = makeNetwork();
const payment = spend(network, {
  coins: [0, 1, 2].map((i) => genesisCoin(network, i)),
  outputs: [5, 6, 7].map((i) => pay(owner(i), i)),
  memo: Uint8Array.of(1, 2, 3),
});
const { bytes: blockBytes } = nextBlock(network, genesisOf(network), { transactions: [payment] });
const coins = [0, 1, 2].map((i) => ({
  ...{ amount: (10 ** (5 * i)) as Amount, address: owner(i).address },
  ...{ height: i, isCoinbase: i === 1 },
}));

/** What a decoder made of bytes: a value and what that is written as, or why there is none. */
type Outcome =
  { readonly value: unknown; readonly again: Uint8Array } | { readonly refused: string };

export interface Subject {
  readonly layout: Layout;
  readonly decode: (bytes: Uint8Array) => Outcome;
  /** How it may refuse. */
  readonly refusal: RegExp;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  header: {
    layout: new Layout(blockBytes.subarray(0, HEADER_BYTES), walkHeader),
    refusal: /^a header has 80 bytes$/,
    decode: (bytes) =>
      caught(AssertionError, () => {
        const value = decodeHeader(bytes);
        return { value, again: encodeHeader(value) };
      }),
  },
  transaction: {
    layout: new Layout(payment.bytes, walkTransaction),
    refusal: /^undecodable-transaction (truncated|trailing|unknown|amount|memo)/,
    decode: (bytes) => {
      const tx = decodeTransaction(bytes);
      if (!tx.ok) return { refused: Object.values(tx.error).join(' ') };
      return { value: tx.value, again: encodeTransaction(tx.value) };
    },
  },
  block: {
    layout: new Layout(blockBytes, walkBlock),
    refusal: /^undecodable-block (truncated|trailing|unknown|amount|memo)/,
    decode: (bytes) => {
      const block = decodeBlock(bytes);
      if (!block.ok) return { refused: Object.values(block.error).join(' ') };
      return { value: block.value, again: encodeBlock(block.value) };
    },
  },
  parameters: {
    layout: new Layout(network.paramsBytes, walkParams),
    refusal: /^[a-zA-Z]+: [A-Z].*\.$/,
    decode: (bytes) => {
      const params = decodeParams(bytes);
      if (!params.ok) return { refused: `${params.error.field}: ${params.error.problem}` };
      return { value: params.value, again: encodeParams(params.value) };
    },
  },
  'stored coins': {
    layout: new Layout(encodeCoins(coins), walkCoins),
    refusal: /^A stored coin .*\.$/,
    decode: (bytes) =>
      caught(StoreDamage, () => {
        const value = decodeCoins(bytes);
        return { value, again: encodeCoins(value) };
      }),
  },
};

function caught(kind: typeof StoreDamage | typeof AssertionError, work: () => Outcome): Outcome {
  try {
    return work();
  } catch (error) {
    if (error instanceof kind) return { refused: error.message };
    throw error;
  }
}

interface Kind {
  readonly what: string;
  readonly mutants: readonly Mutant[];
}

const kindsOf = ({ layout }: Subject): Kind[] =>
  [...byKind(layoutMutants(layout))].map(([what, mutants]) => ({ what, mutants }));

export const TRIALS = Object.entries(SUBJECTS).map(([name, subject]) => {
  return { name, subject, kinds: kindsOf(subject) };
});

/** One for each trial. */
export const jobs: readonly Job[] = TRIALS.flatMap(({ name, subject, kinds }) =>
  kinds
    .flatMap(({ mutants }) => mutants)
    .map(({ what, bytes }) => ({
      ...{ what: `${name}, ${what}`, count: 1, bytes: bytes.length },
      run: () => void subject.decode(bytes.slice()),
    })),
);
