/**
 * Which message may arrive in which state of a session: the whole table. All else is
 * 'message-unexpected'.
 */

import type { PeerMessage } from '../../shared/wire/peerMessages.js';

/**
 * What the other side is once the handshake is over (before that `Link` admits `hello` and `ready`,
 * once each).
 * - `peer`: a node of our network
 * - `client`: a light peer, which asks us and has nothing but its own payments
 * - `server`: a node, as such a light peer sees it
 * - `tracker`: its dial-back, which shakes hands, pings and leaves
 */
export type Counterpart = 'peer' | 'client' | 'server' | 'tracker';

/**
 * `asked`: only as the answer to a question of ours that is still open; whoever asked looks that
 * up.
 */
export type Arrival = 'any-time' | 'asked' | 'never';

export type MessageType = PeerMessage['type'];

export const ARRIVALS: Readonly<Record<Counterpart, Readonly<Record<MessageType, Arrival>>>> = {
  peer: {
    ping: 'any-time',
    pong: 'asked',
    getHeaders: 'any-time',
    headers: 'asked',
    getBlocks: 'any-time',
    block: 'asked',
    notFound: 'asked',
    newHeaders: 'any-time',
    compactWanted: 'any-time',
    compactBlock: 'any-time',
    getBlockTransactions: 'any-time',
    blockTransactions: 'asked',
    inv: 'any-time',
    getTransactions: 'any-time',
    transactions: 'asked',
    getProofs: 'never',
    proofs: 'never',
  },
  client: {
    ping: 'any-time',
    pong: 'asked',
    getHeaders: 'any-time',
    headers: 'never',
    getBlocks: 'never',
    block: 'never',
    notFound: 'never',
    newHeaders: 'never',
    compactWanted: 'never',
    compactBlock: 'never',
    getBlockTransactions: 'never',
    blockTransactions: 'never',
    inv: 'any-time',
    getTransactions: 'never',
    transactions: 'asked',
    getProofs: 'any-time',
    proofs: 'never',
  },
  server: {
    ping: 'any-time',
    pong: 'asked',
    getHeaders: 'never',
    headers: 'asked',
    getBlocks: 'never',
    block: 'never',
    notFound: 'never',
    newHeaders: 'any-time',
    compactWanted: 'never',
    compactBlock: 'never',
    getBlockTransactions: 'never',
    blockTransactions: 'never',
    inv: 'never',
    getTransactions: 'any-time',
    transactions: 'never',
    getProofs: 'never',
    proofs: 'asked',
  },
  tracker: {
    ping: 'any-time',
    pong: 'asked',
    getHeaders: 'never',
    headers: 'never',
    getBlocks: 'never',
    block: 'never',
    notFound: 'never',
    newHeaders: 'never',
    compactWanted: 'never',
    compactBlock: 'never',
    getBlockTransactions: 'never',
    blockTransactions: 'never',
    inv: 'never',
    getTransactions: 'never',
    transactions: 'never',
    getProofs: 'never',
    proofs: 'never',
  },
};
