/**
 * What the machine itself takes at this moment, beside which our own figures stand: a virtual
 * machine is up to twice as slow from one minute to the next.
 */

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { publicKeyOf, sign } from '#crypto';
import { SIGNATURE_CHECK_BYTES } from '../shared/consensus/checkTransaction.js';
import { signingMessage } from '../shared/consensus/transaction.js';
import type { Txid, Wtxid } from '../shared/units.js';
import { SignaturePool } from '../peer/workers/signaturePool.js';
import { monoMs } from './processes.js';
import { median } from './report.js';

/** Milliseconds from spawn to exit of a Node that does nothing. */
export async function bareStartMs(): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 5; run++) {
    const begin = monoMs();
    await once(spawn(process.execPath, ['-e', '0']), 'exit');
    times.push(monoMs() - begin);
  }
  return median(times);
}

/** Integers of four bytes: more than any cache close to a core holds. */
const READ_AMONG = 2 ** 24;
const READS = 2_000_000;

/**
 * Nanoseconds of a read somewhere in 64 MB, each place named by the one before: what nearly all of
 * a simulated network's memory costs, and what other machines on the same hardware change most.
 */
export function randomReadNs(): number {
  const next = new Int32Array(READ_AMONG);
  // A linear congruence with one cycle over all of them (Hull and Dobell, 1962).
  for (let i = 0; i < READ_AMONG; i++)
    next[i] = (Math.imul(i, 1_664_525) + 1_013_904_223) & (READ_AMONG - 1);
  let at = 0;
  const begin = monoMs();
  for (let i = 0; i < READS; i++) at = next[at] as number;
  const ns = ((monoMs() - begin) * 1e6) / READS;
  // Without a use of it the reads could be left out.
  return at < 0 ? Number.NaN : ns;
}

const CHECKS = 8_192;
const ROUNDS = 4;

/** Signatures a second that all cores check, with nothing beside it. */
export async function bareChecksPerSecond(): Promise<number> {
  const networkId = new Uint8Array(32).fill(7);
  const batch = batchOf(networkId);
  let onDone = (): void => undefined;
  const pool = new SignaturePool({
    networkId,
    onVerified: () => {
      onDone();
    },
    onTrouble: (sentence) => {
      throw new Error(sentence);
    },
  });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = monoMs();
    await new Promise<void>((resolve) => {
      onDone = resolve;
      pool.verify(batch);
    });
    times.push(monoMs() - begin);
  }
  await pool.close();
  return (CHECKS * 1000) / Math.min(...times);
}

function batchOf(networkId: Uint8Array) {
  const seed = new Uint8Array(32).fill(1);
  const txid = '0'.repeat(64) as Txid;
  const check = new Uint8Array(SIGNATURE_CHECK_BYTES);
  check.set(publicKeyOf(seed), 0);
  check.set(sign(seed, signingMessage(networkId, txid)), 32);
  const checks = new Uint8Array(CHECKS * SIGNATURE_CHECK_BYTES);
  for (let i = 0; i < CHECKS; i++) checks.set(check, i * SIGNATURE_CHECK_BYTES);
  const wtxids = Array.from({ length: CHECKS }, (_, i) => String(i) as Wtxid);
  return { wtxids, owners: Uint32Array.from({ length: CHECKS }, (_, i) => i), checks };
}

/** Bytes of the three messages in which a block is announced, asked for and sent. */
const MESSAGES = [88, 41, 155] as const;
const EXCHANGES = 100;
/** As far apart as the blocks of bench/relay.ts. */
const PAUSE_MS = 8;

/** Milliseconds (median) of the same three messages between two Nodes that do nothing else. */
export async function bareExchangeMs(): Promise<number> {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const other = fork(fileURLToPath(import.meta.url), [ANSWER, String(address.port)]);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const times: number[] = [];
  for (let i = 0; i < EXCHANGES; i++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    times.push(await exchange(socket));
  }
  socket.destroy();
  server.close();
  await once(other, 'exit');
  return median(times);
}

/** From the announcement to the word of the other side that the block is there. */
async function exchange(socket: Socket): Promise<number> {
  const begin = monoMs();
  socket.write(new Uint8Array(MESSAGES[0]));
  await once(socket, 'data');
  socket.write(new Uint8Array(MESSAGES[2]));
  const [at] = (await once(socket, 'data')) as [Buffer];
  return at.readDoubleLE(0) - begin;
}

const ANSWER = 'answer';

/** The other side: asks for what is announced, and says when it came. */
function answer(port: number): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let isAnnounced = false;
  socket.on('data', () => {
    isAnnounced = !isAnnounced;
    if (isAnnounced) {
      socket.write(new Uint8Array(MESSAGES[1]));
      return;
    }
    const at = Buffer.alloc(8);
    at.writeDoubleLE(monoMs());
    socket.write(at);
  });
  socket.on('close', () => process.exit());
}

if (process.argv[2] === ANSWER) answer(Number(process.argv[3]));
