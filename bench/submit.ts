/**
 * Transactions through the API of a real peer, in batches and one by one, and on to another peer;
 * then a block of 500 that both have seen.
 */

import { connect, type Socket } from 'node:net';
import { toHex } from '../shared/bytes.js';
import type { DecodedTransaction } from '../shared/consensus/transaction.js';
import { fillDirectory, FOUND_BY_WORKERS } from './chains.js';
import { manyCoins, payments } from './coins.js';
import { richNetwork } from './mempool.js';
import {
  monoMs,
  spawnPeer,
  temporaryDirectory,
  until,
  untilHeight,
  type PeerProcess,
} from './processes.js';
import { latenciesMs, lineOf } from './relay.js';
import { median, percentile, type Figure } from './report.js';

const BATCH = 500;
const BATCHED = 20_000;
const SINGLES = 8_000;
const CONNECTIONS = 8;
const ROUNDS = 40;
const PER_BLOCK = 500;

/** Transactions a second that one peer takes in. */
export async function submit(): Promise<Figure[]> {
  const network = richNetwork();
  const { blocks, coins } = manyCoins(network, BATCHED + SINGLES);
  const transactions = [...payments(network, coins)];
  const directory = temporaryDirectory();
  fillDirectory(directory.path, network, blocks);
  const peer = await spawnPeer({ network, directory: directory.path, logLevel: 'info' });
  await untilHeight(peer, blocks.length);
  const batches = await perSecond(BATCHED, () => inBatches(peer, transactions.slice(0, BATCHED)));
  const rest = transactions.slice(BATCHED, BATCHED + SINGLES);
  const singles = await perSecond(SINGLES, () => oneByOne(peer, rest));
  await peer.stop();
  directory.remove();
  return [
    { metric: 'submitted-in-batches', value: batches, unit: 'tx/s', goal: '≥ 5,000' },
    { metric: 'submitted-one-by-one', value: singles, unit: 'tx/s', goal: '≥ 2,000' },
  ];
}

/** From A to B: 500 transactions, and then the block that holds them. */
export async function relayFull(): Promise<Figure[]> {
  const network = richNetwork(FOUND_BY_WORKERS);
  const { blocks, coins } = manyCoins(network, (ROUNDS + 1) * PER_BLOCK);
  const all = [...payments(network, coins)];
  const [here, there] = [temporaryDirectory(), temporaryDirectory()];
  for (const { path } of [here, there]) fillDirectory(path, network, blocks);
  const finder = await spawnPeer({ network, directory: here.path });
  await untilHeight(finder, blocks.length);
  const connect = finder.tcpPort;
  const receiver = await spawnPeer({ network, directory: there.path, connect });
  await until('a session', () => lineOf(receiver, 'peer ready'));
  const relayed: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const part = all.slice(round * PER_BLOCK, (round + 1) * PER_BLOCK);
    const begin = monoMs();
    await post(finder, part);
    await until('all at B', async () =>
      (await waiting(receiver)) >= PER_BLOCK ? true : undefined,
    );
    if (round > 0) relayed.push(monoMs() - begin);
    await finder.post('/api/mining/generate', { count: 1 });
    const height = blocks.length + round + 1;
    await until('the block', () => lineOf(receiver, 'block-connected', height));
    await until('the log', () => lineOf(finder, 'mined a block', height));
  }
  const times = latenciesMs(finder, receiver).slice(1);
  await Promise.all([finder.stop(), receiver.stop()]);
  here.remove();
  there.remove();
  return [
    { metric: 'submitted-to-relayed', value: median(relayed), unit: 'ms', goal: '≤ 300' },
    { metric: 'full-block-median', value: median(times), unit: 'ms', goal: '≤ 10' },
    { metric: 'full-block-p95', value: percentile(times, 0.95), unit: 'ms' },
  ];
}

interface Answer {
  readonly results: readonly { readonly waits: boolean; readonly message: string }[];
}

async function post(peer: PeerProcess, part: readonly DecodedTransaction[]): Promise<void> {
  const body = { transactions: part.map(({ bytes }) => toHex(bytes)) };
  refuseRefused(await peer.post<Answer>('/api/transactions', body));
}

function refuseRefused({ results }: Answer): void {
  const refused = results.find(({ waits }) => !waits);
  if (refused !== undefined) throw new Error(refused.message);
}

const waiting = async (peer: PeerProcess): Promise<number> =>
  (await peer.get<{ mempool: { count: number } }>('/api/status'))?.mempool.count ?? 0;

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const begin = monoMs();
  await work();
  return (count * 1_000) / (monoMs() - begin);
}

async function inBatches(peer: PeerProcess, txs: readonly DecodedTransaction[]): Promise<void> {
  const parts: (readonly DecodedTransaction[])[] = [];
  for (let at = 0; at < txs.length; at += BATCH) parts.push(txs.slice(at, at + BATCH));
  // The next one is on its way while the node works at this one.
  await eachBy(2, parts, (part) => post(peer, part));
}

async function oneByOne(peer: PeerProcess, txs: readonly DecodedTransaction[]): Promise<void> {
  const bodies = txs.map(({ bytes }) => JSON.stringify({ transactions: [toHex(bytes)] })).values();
  const clients = Array.from({ length: CONNECTIONS }, () => new PlainClient(peer.url));
  const talk = async (client: PlainClient): Promise<void> => {
    for (const body of bodies) {
      refuseRefused(JSON.parse(await client.post('/api/transactions', body)) as Answer);
    }
    client.close();
  };
  await Promise.all(clients.map(talk));
}

/**
 * One connection that is kept open, one request at a time, and no more of HTTP than that takes: the
 * client of Node costs as much of the machine as the server that is measured.
 */
class PlainClient {
  readonly #socket: Socket;
  readonly #host: string;
  #received = '';
  #onAnswer: ((body: string) => void) | undefined;

  constructor(url: string) {
    const { hostname, port, host } = new URL(url);
    this.#host = host;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (piece: string) => {
      this.#received += piece;
      this.#look();
    });
  }

  /** The body of the answer. */
  post(path: string, body: string): Promise<string> {
    return new Promise((resolve) => {
      this.#onAnswer = resolve;
      this.#socket.write(
        `POST ${path} HTTP/1.1\r\nhost: ${this.#host}\r\ncontent-type: application/json\r\n` +
          `content-length: ${String(body.length)}\r\n\r\n${body}`,
      );
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #look(): void {
    const end = this.#received.indexOf('\r\n\r\n');
    const length = /content-length: (\d+)/iu.exec(this.#received.slice(0, end))?.[1];
    if (end < 0 || length === undefined) return;
    const bodyEnd = end + 4 + Number(length);
    if (this.#received.length < bodyEnd) return;
    const body = this.#received.slice(end + 4, bodyEnd);
    this.#received = this.#received.slice(bodyEnd);
    this.#onAnswer?.(body);
  }
}

/** `work` on all of `items`, `width` at a time. */
async function eachBy<T>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const runner = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, runner));
}
