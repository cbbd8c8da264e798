/**
 * Which chain on this computer a command reads: of a directory, of a node by name, or the only one.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHAIN_FILE } from '../peer/storage/openStore.js';
import { didYouMean } from '../shared/config/suggest.js';
import { MAIN_FILES } from '../shared/io/dataDirectory.js';
import { Trouble } from '../shared/io/trouble.js';
import { runningPeers } from './findNode.js';
import { homeAt } from './home.js';

export interface ChainWish {
  readonly data: string | undefined;
  readonly node: string | undefined;
  readonly home: string | undefined;
}

/** The data directory of a peer, running or not. Throws `Trouble`. */
export function findChainFolder({ data, node, home }: ChainWish): string {
  if (data !== undefined) {
    if (hasChain(data)) return data;
    if (existsSync(join(data, MAIN_FILES['light peer']))) throw isLight(data);
    throw new Trouble('no-chain', `There is no chain in ${data}.`, 'Name another with --data.');
  }
  const known = knownPeers(home);
  if (node !== undefined) return byName(known, node);
  const [only, second] = known.filter(({ folder }) => hasChain(folder));
  if (only === undefined) {
    throw new Trouble(
      'no-chain',
      'There is no chain on this computer.',
      'Name one with --data DIR.',
    );
  }
  const isOne = second === undefined || only.isRunning;
  if (isOne) return only.folder;
  const names = known.map(({ name }) => name).join(', ');
  throw new Trouble('several-chains', `There are several chains: ${names}.`, 'Choose with --node.');
}

const isLight = (folder: string): Trouble =>
  new Trouble(
    'light-peer',
    `${folder} is the folder of a light peer: it keeps headers, and no blocks.`,
    'Name a full peer with --node or --data.',
  );

interface KnownPeer {
  readonly name: string;
  readonly folder: string;
  readonly isRunning: boolean;
}

/** A running one before those that rest. */
function byName(known: readonly KnownPeer[], node: string): string {
  const called = known.filter(({ name }) => name.toLowerCase() === node.toLowerCase());
  const running = called.filter(({ isRunning }) => isRunning);
  const fitting = running.length > 0 ? running : called;
  const [first, second] = fitting;
  if (first !== undefined && !hasChain(first.folder)) throw isLight(first.folder);
  if (first === undefined) {
    const names = known.map(({ name }) => name);
    const message = `There is no chain of a node ${node}.${didYouMean(node, names)}`;
    throw new Trouble('no-chain', message, `Known: ${names.join(', ') || 'none'}.`);
  }
  if (second === undefined) return first.folder;
  const folders = fitting.map(({ folder }) => folder).join(', ');
  const message = `Several nodes called ${node} have chains: ${folders}.`;
  throw new Trouble('several-chains', message, 'Choose one of these with --data DIR.');
}

/** Running ones first, each folder once. */
function knownPeers(home: string | undefined): KnownPeer[] {
  const { networks, peers } = homeAt(home);
  const running = runningPeers(home).map(({ name, dataDirectory }) => ({
    name,
    folder: dataDirectory,
    isRunning: true,
  }));
  const resting = [...foldersIn(networks), peers].flatMap((parent) =>
    namesIn(parent).map((name) => ({ name, folder: join(parent, name), isRunning: false })),
  );
  const folders = new Set(running.map(({ folder }) => folder));
  const others = resting.filter(({ folder }) => hasChain(folder) && !folders.has(folder));
  return [...running, ...others];
}

const hasChain = (folder: string): boolean => existsSync(join(folder, CHAIN_FILE));

const foldersIn = (parent: string): string[] => namesIn(parent).map((name) => join(parent, name));

const namesIn = (parent: string): string[] => (existsSync(parent) ? readdirSync(parent) : []);
