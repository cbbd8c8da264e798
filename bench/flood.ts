/**
 * What a hostile stranger costs the others: one connection that says the same message as fast as
 * the socket takes it (and comes back as soon as it is thrown out), while another process asks the
 * API. Beside it the same questions without a stranger.
 */

import { connect, type Socket } from 'node:net';
import { concatBytes } from '../shared/bytes.js';
import type { Network } from '../shared/consensus/genesis.js';
import { encodeHeader } from '../shared/consensus/header.js';
import type { BlockHash } from '../shared/units.js';
import type { PeerMessage } from '../shared/wire/peerMessages.js';
import { benchBlocks, benchNetwork, fillDirectory } from './chains.js';
import {
  monoMs,
  spawnPeer,
  temporaryDirectory,
  untilHeight,
  type PeerProcess,
} from './processes.js';
import { median, percentile, type Figure } from './report.js';
import { strangerLink } from './strangerLink.js';

const BLOCKS = 2_000;
const SECONDS = 5;
const ASK_EVERY_MS = 10;
/** One write of the stranger. */
const PIECE_BYTES = 65_536;
const COME_BACK_MS = 10;

export async function flood(): Promise<Figure[]> {
  const plan = { blockCount: BLOCKS, transactionCount: 0 };
  const network = benchNetwork(plan);
  const directory = temporaryDirectory();
  const blocks = [...benchBlocks(network, plan)];
  fillDirectory(directory.path, network, blocks);
  const headers = concatBytes(...blocks.slice(-8).map(({ block }) => encodeHeader(block.header)));
  const peer = await spawnPeer({ network, directory: directory.path, logLevel: 'info' });
  await untilHeight(peer, BLOCKS);
  const zeros = '00'.repeat(32) as BlockHash;
  const figures: Figure[] = [];
  const floods: Readonly<Record<string, PeerMessage | undefined>> = {
    quiet: undefined,
    ping: { type: 'ping', nonce: '00'.repeat(8) },
    newHeaders: { type: 'newHeaders', headers },
    getHeaders: { type: 'getHeaders', locator: [network.id], stop: zeros },
    getBlocks: { type: 'getBlocks', hashes: [zeros] },
  };
  for (const [name, message] of Object.entries(floods)) {
    const stranger = message && new Stranger(network, peer.tcpPort, message);
    const times = await askFor(peer, SECONDS);
    const taken = stranger?.mbPerSecond;
    stranger?.stop();
    figures.push(
      { metric: `api-median, ${name}`, value: median(times), unit: 'ms' },
      { metric: `api-p99, ${name}`, value: percentile(times, 0.99), unit: 'ms' },
    );
    if (taken !== undefined) figures.push({ metric: `taken, ${name}`, value: taken, unit: 'MB/s' });
  }
  await peer.stop();
  directory.remove();
  return figures;
}

/** How long each of many questions to the API took, in ms. */
export async function askFor(peer: PeerProcess, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = monoMs() + seconds * 1000;
  while (monoMs() < end) {
    const begin = monoMs();
    await peer.get('/api/status');
    times.push(monoMs() - begin);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  return times;
}

/** Shakes hands as it should, and then says one thing without end. */
class Stranger {
  readonly #network: Network;
  readonly #port: number;
  readonly #message: PeerMessage;
  readonly #begin = monoMs();
  #bytes = 0;
  #socket: Socket | undefined;
  #isOver = false;

  constructor(network: Network, port: number, message: PeerMessage) {
    this.#network = network;
    this.#port = port;
    this.#message = message;
    this.#call();
  }

  get mbPerSecond(): number {
    const bytes = this.#bytes + (this.#socket?.bytesWritten ?? 0);
    return bytes / 1000 / (monoMs() - this.#begin);
  }

  stop(): void {
    this.#isOver = true;
    this.#socket?.destroy();
  }

  #call(): void {
    const link = strangerLink(this.#network, 'caller');
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    this.#socket = socket;
    let isReady = false;
    socket.on('connect', () => {
      for (const frame of link.start()) socket.write(frame);
    });
    socket.on('data', (bytes) => {
      if (isReady) return;
      for (const event of link.receive(bytes)) {
        if (event.type === 'send') socket.write(event.frame);
        if (event.type !== 'ready') continue;
        isReady = true;
        const frame = link.encode(this.#message);
        this.#pour(
          socket,
          concatBytes(...Array<Uint8Array>(Math.ceil(PIECE_BYTES / frame.length)).fill(frame)),
        );
        return;
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#bytes += socket.bytesWritten;
      this.#socket = undefined;
      if (!this.#isOver) setTimeout(() => this.#isOver || this.#call(), COME_BACK_MS);
    });
  }

  #pour(socket: Socket, piece: Uint8Array): void {
    if (socket.destroyed || this.#isOver) return;
    socket.write(piece, () => {
      this.#pour(socket, piece);
    });
  }
}
