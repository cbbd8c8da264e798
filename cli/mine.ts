/**
 * `cairn mine N`: blocks now, on networks with a fixed target. `cairn mine start|stop`: the miner.
 */

import { keysOf } from '../shared/config/settings.js';
import type { NodeClient } from '../shared/http/client.js';
import { GENERATE_COUNT_MAX, type MiningJson } from '../shared/http/nodeSchemas.js';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { formatCount, formatHashRate, formatWait } from './format.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    interval: {
      kind: { type: 'integer', min: 1, max: 86_400 },
      about: 'with start: one block, then rest until so many seconds after it',
    },
    threads: {
      kind: { type: 'integer', min: 1, max: 256 },
      about: 'with start: threads that mine',
    },
    cpu: {
      kind: { type: 'integer', min: 1, max: 100 },
      about: 'with start: share of each thread’s time, in percent',
    },
  },
  positionals: ['N|start|stop'],
  run: async ({ settings, options, positionals, output }) => {
    const what = positionals[0] ?? '';
    if (what !== 'start') refuseWishes(options);
    const client = findNode(settings.values);
    if (what === 'start' || what === 'stop') {
      const mining = await ask(client, 'setMining', { body: change(what, options) });
      if (options.json === true) output.json(mining);
      else output.line(describeMining(mining));
      return EXIT.done;
    }
    const isJson = options.json === true;
    const mined = await generate(client, countOf(what), (hashes) => {
      if (!isJson) for (const hash of hashes) output.line(hash);
    });
    if (isJson) output.json({ hashes: mined.hashes });
    if (mined.problem !== undefined) throw mined.problem;
    return EXIT.done;
  },
});

interface Wish {
  readonly interval: number | undefined;
  readonly threads: number | undefined;
  readonly cpu: number | undefined;
}

/** They would do nothing. */
function refuseWishes({ interval, threads, cpu }: Wish): void {
  const given = Object.entries({ interval, threads, cpu }).find(([, value]) => value !== undefined);
  if (given === undefined) return;
  throw new Trouble('wrong-use', `--${given[0]} works with mine start only.`, 'Leave it out.');
}

function change(what: 'start' | 'stop', { interval, threads, cpu }: Wish) {
  const started =
    interval === undefined
      ? ({ type: 'continuous' } as const)
      : ({ type: 'interval', seconds: interval } as const);
  return {
    mode: what === 'start' ? started : ({ type: 'off' } as const),
    ...(threads === undefined ? {} : { threads }),
    ...(cpu === undefined ? {} : { cpuPercent: cpu }),
  };
}

const COUNT_MAX = 100_000;

function countOf(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= COUNT_MAX) return count;
  const message = `mine takes a number of blocks from 1 to ${String(COUNT_MAX)}, start or stop`;
  throw new Trouble('wrong-use', `${message}; found ${text}.`, '');
}

interface Mined {
  /** Oldest first; all that were asked for where there is no problem. */
  readonly hashes: readonly string[];
  /** Why there are no more. */
  readonly problem: Error | undefined;
}

/** In parts, each told when it is there: what fails later takes nothing back. */
async function generate(
  client: NodeClient,
  count: number,
  onMined: (hashes: readonly string[]) => void,
): Promise<Mined> {
  const hashes: string[] = [];
  while (hashes.length < count) {
    const body = { count: Math.min(GENERATE_COUNT_MAX, count - hashes.length) };
    let part: readonly string[];
    try {
      part = (await ask(client, 'generate', { body })).hashes;
    } catch (problem) {
      if (hashes.length === 0 || !(problem instanceof Error)) throw problem;
      return { hashes, problem };
    }
    hashes.push(...part);
    onMined(part);
  }
  return { hashes, problem: undefined };
}

function describeMining(mining: MiningJson): string {
  if (mining.mode.type === 'off') return 'Mining is off.';
  const threads = `${formatCount(mining.threads, 'thread')} at ${String(mining.cpuPercent)} %`;
  // With new settings it is known after a second or two.
  if (mining.hashRate === 0) return `Mining with ${threads}; cairn status shows how fast.`;
  const expected =
    mining.expectedSeconds === null
      ? ''
      : `, a block of ours every ${formatWait(mining.expectedSeconds)} on average`;
  return `Mining with ${threads}, ${formatHashRate(mining.hashRate)}${expected}.`;
}
