/** The table of subcommands. Each is a file of its own, loaded when it is used. */

import type { AnyCommand } from './command.js';

export interface Entry {
  /** The words that call it, such as `network up`. */
  readonly words: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: AnyCommand }>;
}

export const COMMANDS: readonly Entry[] = [
  {
    words: 'network up',
    summary: 'start a tracker and peers on this computer, and show them live',
    load: () => import('./networkUp.js'),
  },
  {
    words: 'network status',
    summary: 'show the network that runs on this computer',
    load: () => import('./networkStatus.js'),
  },
  {
    words: 'network down',
    summary: 'stop the network that runs on this computer',
    load: () => import('./networkDown.js'),
  },
  { words: 'tracker', summary: 'run a tracker', load: () => import('./tracker.js') },
  { words: 'peer', summary: 'run one peer', load: () => import('./peer.js') },
  { words: 'status', summary: 'show where a node stands', load: () => import('./status.js') },
  { words: 'peers', summary: 'list the peers of a node', load: () => import('./peers.js') },
  {
    words: 'mine',
    summary: 'mine N blocks now (dev networks), or start and stop mining',
    load: () => import('./mine.js'),
  },
  {
    words: 'tx show',
    summary: 'show a transaction and the block that holds it',
    load: () => import('./txShow.js'),
  },
  {
    words: 'address show',
    summary: 'show what an address holds, its coins and its history',
    load: () => import('./addressShow.js'),
  },
  {
    words: 'proof',
    summary: 'write the proof that a block holds a payment, or the stamp of a file',
    load: () => import('./proof.js'),
  },
  {
    words: 'verify',
    summary: 'check a proof, and the file that it is for, without any node',
    load: () => import('./verify.js'),
  },
  {
    words: 'headers export',
    summary: 'write the headers of the active chain into a file, to verify proofs with',
    load: () => import('./headersExport.js'),
  },
  {
    words: 'genesis',
    summary: 'make a network file from a template',
    load: () => import('./genesis.js'),
  },
  {
    words: 'chain verify',
    summary: 'recompute the chain from genesis and compare the coins',
    load: () => import('./chainVerify.js'),
  },
  {
    words: 'chain export',
    summary: 'write the active chain into a file',
    load: () => import('./chainExport.js'),
  },
  {
    words: 'chain import',
    summary: 'read blocks from a file, checked as if from a peer',
    load: () => import('./chainImport.js'),
  },
  {
    words: 'config',
    summary: 'show each setting, its value and where it comes from',
    load: () => import('./config.js'),
  },
];
