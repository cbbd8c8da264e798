/**
 * What the rules cost on one core, without a disk or a socket, and what the odd code in them gains.
 */

import { hash } from 'node:crypto';
import { sha256, verifySignature } from '#crypto';
import { toHexReversed } from '../shared/bytes.js';
import { decodeBlock } from '../shared/consensus/block.js';
import { checkBlock } from '../shared/consensus/checkBlock.js';
import { checkHeaderForm, checkHeaderInContext } from '../shared/consensus/checkHeader.js';
import type { Network } from '../shared/consensus/genesis.js';
import { decodeHeader, encodeHeader, headerHash } from '../shared/consensus/header.js';
import { signingMessage } from '../shared/consensus/transaction.js';
import { workOf } from '../shared/consensus/work.js';
import type { Txid, UnixSeconds } from '../shared/units.js';
import {
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../test/support/blocks.js';
import { median, type Figure } from './report.js';

const ROUNDS = 9;

/** Microseconds of one core for each thing. */
export function consensus(): Promise<Figure[]> {
  const figures = [
    { metric: 'header-checked', value: headerCost(10_000), unit: 'µs', goal: '≤ 8' },
    ...transactionCosts(2000),
    { metric: 'signature-verified', value: signatureCost(2000), unit: 'µs' },
    ...hashCosts(100_000),
    ...printCosts(20_000),
  ];
  return Promise.resolve(figures);
}

/** Decode, hash, all rules and work of a header, on a chain whose difficulty moves. */
function headerCost(count: number): number {
  const network = makeNetwork({ fixedTarget: false });
  const chain: MadeBlock[] = [genesisOf(network)];
  for (let i = 0; i < count; i++) {
    const parent = chain.at(-1) as MadeBlock;
    chain.push(nextBlock(network, parent, { time: parent.point.time + (i % 2 === 0 ? 15 : 20) }));
  }
  const headers = chain.slice(1).map(({ block }) => encodeHeader(block.header));
  return medianCost(count, () => checkHeaders(network, headers));
}

function checkHeaders(network: Network, headers: readonly Uint8Array[]): bigint {
  let work = 0n;
  let parent = genesisOf(network).point;
  for (const bytes of headers) {
    const header = decodeHeader(bytes);
    const found = headerHash(bytes);
    const form = checkHeaderForm(network.params, header, found);
    const now = 0xffff_ffff as UnixSeconds;
    const context = { header, hash: found, parent, now };
    const checked = checkHeaderInContext(network.params, context);
    if (!form.ok || !checked.ok) throw new Error('the headers of the bench are valid');
    work += workOf(checked.value.target);
    const { time, bits } = header;
    parent = { height: parent.height + 1, time, bits, parentTime: parent.time };
  }
  return work;
}

/** One input and two outputs, 213 bytes, in blocks of 500. */
function transactionCosts(count: number): Figure[] {
  const network = makeNetwork();
  const outputs = [pay(owner(1), 400), pay(owner(2), 500)];
  const transactions = Array.from({ length: count }, (_, i) => {
    const txid = i.toString(16).padStart(64, '0') as Txid;
    return spend(network, { coins: [{ ...genesisCoin(network, i % 5), txid }], outputs });
  });
  const blocks: MadeBlock[] = [];
  for (let i = 0; i < count; i += 500) {
    const some = transactions.slice(i, i + 500);
    blocks.push(nextBlock(network, genesisOf(network), { transactions: some }));
  }
  const decode = medianCost(count, () => blocks.map(({ bytes }) => decodeBlock(bytes)));
  const check = medianCost(count, () =>
    blocks.map(({ block }) => checkBlock(network.params, block, 1)),
  );
  return [
    { metric: 'transaction-decoded', value: decode, unit: 'µs' },
    { metric: 'transaction-checked', value: check, unit: 'µs' },
    { metric: 'transaction-in-all', value: decode + check, unit: 'µs', goal: '≤ 15' },
  ];
}

function signatureCost(count: number): number {
  const network = makeNetwork();
  const tx = spend(network, { coins: [genesisCoin(network, 0)], outputs: [pay(owner(1), 1)] });
  const message = signingMessage(network.idBytes, tx.txid);
  const [key, signature] = [tx.keys[0] as Uint8Array, tx.signatures[0] as Uint8Array];
  return medianCost(count, () => repeat(count, () => verifySignature(key, message, signature)));
}

/** Why `sha256` takes the digest as a string. */
function hashCosts(count: number): Figure[] {
  const header = new Uint8Array(80);
  const ours = medianCost(count, () => repeat(count, () => sha256(header)));
  const buffer = medianCost(count, () => repeat(count, () => hash('sha256', header, 'buffer')));
  return [
    { metric: 'sha256-through-string', value: ours, unit: 'µs' },
    { metric: 'sha256-through-buffer', value: buffer, unit: 'µs' },
  ];
}

/** Why a printed hash is made in one piece: many are kept, so what they are made of is kept. */
function printCosts(count: number): Figure[] {
  const bytes = sha256(new Uint8Array(0));
  const pairs = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
  const joined = (): string => {
    let printed = '';
    for (const byte of bytes) printed += pairs[byte] as string;
    return printed;
  };
  const kept = (make: () => string): string[] => Array.from({ length: count }, make);
  return [
    {
      metric: 'hash-printed-in-one-piece',
      value: medianCost(count, () => kept(() => toHexReversed(bytes))),
      unit: 'µs',
    },
    { metric: 'hash-printed-by-plus', value: medianCost(count, () => kept(joined)), unit: 'µs' },
  ];
}

/**
 * Median over some rounds of this process's time for `work`, by `count` things, in microseconds.
 */
function medianCost(count: number, work: () => unknown): number {
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / count);
  }
  return median(costs);
}

function repeat(count: number, work: () => unknown): void {
  for (let i = 0; i < count; i++) work();
}
