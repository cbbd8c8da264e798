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
  {
    words: 'demo',
    summary: 'play payments, a double spend and a burst on the network that runs here',
    load: () => import('./demo.js'),
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
    words: 'bench',
    summary: 'measure how fast this computer hashes, with each kernel',
    load: () => import('./bench.js'),
  },
  {
    words: 'mempool',
    summary: 'show what waits for a block, and what to pay',
    load: () => import('./mempool.js'),
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
    words: 'stamp',
    summary: 'put the hash of a file into a block: it existed then',
    load: () => import('./stamp.js'),
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
    words: 'wallet create',
    summary: 'make a wallet, and print its words',
    load: () => import('./walletCreate.js'),
  },
  {
    words: 'wallet restore',
    summary: 'make the wallet again from its words',
    load: () => import('./walletRestore.js'),
  },
  {
    words: 'wallet status',
    summary: 'show whether the wallet is locked',
    load: () => import('./walletStatus.js'),
  },
  {
    words: 'wallet unlock',
    summary: 'let the wallet sign for a while',
    load: () => import('./walletUnlock.js'),
  },
  {
    words: 'wallet keys',
    summary: 'make keys for more addresses, where the words are and no node is',
    load: () => import('./walletKeys.js'),
  },
  {
    words: 'wallet lock',
    summary: 'let the wallet sign nothing more',
    load: () => import('./walletLock.js'),
  },
  {
    words: 'wallet backup',
    summary: 'print the words, to be written down',
    load: () => import('./walletBackup.js'),
  },
  {
    words: 'wallet forget',
    summary: 'send a payment no more, and free its coins',
    load: () => import('./walletForget.js'),
  },
  {
    words: 'account list',
    summary: 'list accounts and watched addresses, with what they hold',
    load: () => import('./accountList.js'),
  },
  {
    words: 'account create',
    summary: 'make another account',
    load: () => import('./accountCreate.js'),
  },
  {
    words: 'receive',
    summary: 'print a fresh address to be paid to',
    load: () => import('./receive.js'),
  },
  {
    words: 'balance',
    summary: 'show what an account, an address or all accounts hold',
    load: () => import('./balance.js'),
  },
  {
    words: 'send',
    summary: 'pay an address or an own account, after a look at it',
    load: () => import('./send.js'),
  },
  {
    words: 'history',
    summary: 'list what came and went, newest first',
    load: () => import('./history.js'),
  },
  {
    words: 'watch',
    summary: 'watch an address whose key is elsewhere',
    load: () => import('./watch.js'),
  },
  {
    words: 'tx create',
    summary: 'plan a payment into a file, to be signed elsewhere',
    load: () => import('./txCreate.js'),
  },
  {
    words: 'tx sign',
    summary: 'sign a payment with the wallet’s file alone',
    load: () => import('./txSign.js'),
  },
  {
    words: 'tx read',
    summary: 'show what a payment in a file does',
    load: () => import('./txRead.js'),
  },
  {
    words: 'tx send',
    summary: 'give a signed payment to the node',
    load: () => import('./txSend.js'),
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
