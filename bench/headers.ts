/**
 * 100,000 headers checked and stored: a real peer syncs from a serving end that holds headers
 * alone.
 */

import { createServer, type Server, type Socket } from 'node:net';
import { assert } from '../shared/assert.js';
import { concatBytes } from '../shared/bytes.js';
import type { Network } from '../shared/consensus/genesis.js';
import { encodeHeader } from '../shared/consensus/header.js';
import type { BlockHash } from '../shared/units.js';
import { HEADERS_MAX, type PeerMessage } from '../shared/wire/peerMessages.js';
import { benchBlocks, benchNetwork } from './chains.js';
import { monoMs, spawnPeer, temporaryDirectory, until, type PeerStatus } from './processes.js';
import type { Figure } from './report.js';
import { strangerLink } from './strangerLink.js';

const HEADER_COUNT = 100_000;

export async function headers(): Promise<Figure[]> {
  const plan = { blockCount: HEADER_COUNT, transactionCount: 0 };
  const network = benchNetwork(plan);
  const server = new HeaderServer(network, HEADER_COUNT);
  const port = await server.listen();
  const directory = temporaryDirectory();
  const peer = await spawnPeer({ network, directory: directory.path, connect: port });
  await until('all headers', async () => {
    const status = await peer.get<PeerStatus>('/api/status');
    return status?.headerHeight === HEADER_COUNT ? true : undefined;
  });
  const seconds = (monoMs() - server.firstAskedMono) / 1000;
  await peer.stop();
  server.close();
  directory.remove();
  return [{ metric: 'headers', value: HEADER_COUNT / seconds, unit: 'headers/s', goal: '≥ 50000' }];
}

/** Speaks the protocol as far as headers go; it has no bodies to give. */
class HeaderServer {
  /** When the first `getHeaders` came. */
  firstAskedMono = 0;
  readonly #network: Network;
  readonly #heights = new Map<BlockHash, number>();
  readonly #headers: Uint8Array[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(network: Network, count: number) {
    this.#network = network;
    this.#heights.set(network.id, 0);
    for (const { block } of benchBlocks(network, { blockCount: count, transactionCount: 0 })) {
      this.#headers.push(encodeHeader(block.header));
      this.#heights.set(block.hash, this.#headers.length);
    }
    this.#server = createServer((socket) => {
      this.#serve(socket);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    assert(address !== null && typeof address === 'object', 'it listens');
    return address.port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const link = strangerLink(this.#network, 'called', {
      tipHeight: HEADER_COUNT,
      tipWork: BigInt(HEADER_COUNT) * 2n,
    });
    socket.on('data', (bytes: Buffer) => {
      for (const event of link.receive(bytes)) {
        if (event.type === 'send') socket.write(event.frame);
        if (event.type !== 'message') continue;
        const answer = this.#answer(event.message);
        if (answer !== undefined) socket.write(link.encode(answer));
      }
    });
  }

  #answer(message: PeerMessage): PeerMessage | undefined {
    if (message.type === 'ping') return { type: 'pong', nonce: message.nonce };
    if (message.type !== 'getHeaders') return undefined;
    if (this.firstAskedMono === 0) this.firstAskedMono = monoMs();
    const known = message.locator.find((hash) => this.#heights.has(hash));
    const from = known === undefined ? 0 : (this.#heights.get(known) ?? 0);
    const page = this.#headers.slice(from, from + HEADERS_MAX);
    return { type: 'headers', headers: concatBytes(...page) };
  }
}
