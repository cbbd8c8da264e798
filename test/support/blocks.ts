/** Networks, blocks and signed transactions for tests: real ones, mined on an easy target. */

import { sign } from '#crypto';
import { simKey, type SimKey } from '../../lab/sim/keys.js';
import { assert, assertDefined } from '../../shared/assert.js';
import { compareBytes, toHexReversed } from '../../shared/bytes.js';
import { encodeBlock, transactionsRoot, type Block } from '../../shared/consensus/block.js';
import { effectiveTarget, nextBits, type ChainPoint } from '../../shared/consensus/difficulty.js';
import { networkOf, type Network } from '../../shared/consensus/genesis.js';
import { encodeHeader, headerHash, type Header } from '../../shared/consensus/header.js';
import { checkParams, type NetworkParams } from '../../shared/consensus/params.js';
import { subsidyAt } from '../../shared/consensus/subsidy.js';
import { template, type TemplateName } from '../../shared/consensus/templates.js';
import {
  decodeTransaction,
  encodeTransaction,
  encodeUnsigned,
  outpointKey,
  signingMessage,
  txidOf,
  type DecodedTransaction,
  type OutPoint,
  type Transaction,
  type TxOutput,
} from '../../shared/consensus/transaction.js';
import { hashValue } from '../../shared/consensus/work.js';
import type { Amount, HashHex, UnixSeconds } from '../../shared/units.js';

/** When the test networks begin. */
export const GENESIS_TIME = 1_800_000_000 as UnixSeconds;

/** Someone with a key. */
export type Owner = SimKey;

/** The same owner for the same number, 0 to 2^32 − 1. */
export const owner = simKey;

/** What each of the owners 0 to 4 has in the genesis block of `makeNetwork`, in one coin. */
export const ALLOCATION = 1_000_000 as Amount;

/** A network of a template, `dev` unless told otherwise, changed by `changes`. */
export function makeNetwork(
  changes: Partial<NetworkParams> = {},
  templateName: TemplateName = 'dev',
): Network {
  const allocations = [0, 1, 2, 3, 4].map((i) => pay(owner(i), ALLOCATION));
  const identity = { name: 'test', salt: new Uint8Array(16), time: GENESIS_TIME, allocations };
  const params = checkParams({ ...template(templateName, identity), ...changes });
  assert(params.ok, `parameters within bounds: ${params.ok ? '' : JSON.stringify(params.error)}`);
  return networkOf(params.value);
}

/** A block that others can build on. */
export interface MadeBlock {
  readonly block: Block;
  readonly bytes: Uint8Array;
  readonly point: ChainPoint;
}

/** The genesis block of `network` as a parent. */
export function genesisOf({ params, genesis, genesisBytes }: Network): MadeBlock {
  const point = { height: 0, time: params.time, bits: params.genesisBits, parentTime: undefined };
  return { block: genesis, bytes: genesisBytes, point };
}

export interface NextBlock {
  /** Beside the coinbase. */
  readonly transactions?: readonly DecodedTransaction[];
  /** One target interval after the parent unless given. */
  readonly time?: number;
  readonly payTo?: Owner;
  /** What the coinbase pays instead of subsidy and fees. */
  readonly reward?: number;
  /** Distinguishes siblings. */
  readonly extraNonce?: number;
  /** In place of the coinbase that would be made. */
  readonly coinbase?: DecodedTransaction;
  /** Changes the header before it is mined: to break it. */
  readonly header?: Partial<Header>;
}

/** A child of `parent`, mined. */
export function nextBlock(network: Network, parent: MadeBlock, next: NextBlock = {}): MadeBlock {
  const { params } = network;
  const height = parent.point.height + 1;
  const time = (next.time ?? parent.point.time + params.targetInterval) as UnixSeconds;
  const transactions = [
    next.coinbase ?? ordinaryCoinbase(network, height, next),
    ...(next.transactions ?? []),
  ];
  const header: Header = {
    version: 1,
    previous: parent.block.hash,
    merkleRoot: toHexReversed(transactionsRoot(transactions)) as HashHex,
    time,
    bits: nextBits(params, parent.point),
    nonce: 0,
    ...next.header,
  };
  const target = effectiveTarget(params, header.bits, Math.max(0, time - parent.point.time));
  const block = withMinedHeader(header, transactions, target);
  const point = { height, time, bits: header.bits, parentTime: parent.point.time };
  return { block, bytes: encodeBlock(block), point };
}

/** `count` blocks, each on the one before, the first on `parent`. */
export function nextBlocks(
  network: Network,
  parent: MadeBlock,
  count: number,
  next: NextBlock = {},
): MadeBlock[] {
  const blocks: MadeBlock[] = [];
  for (let i = 0; i < count; i++) blocks.push(nextBlock(network, blocks.at(-1) ?? parent, next));
  return blocks;
}

export interface CoinbaseOptions {
  readonly height: number;
  readonly outputs: readonly TxOutput[];
  readonly extraNonce?: number;
  readonly memo?: Uint8Array;
}

/** A coinbase; its memo is the extra nonce, 8 bytes, unless given. */
export function makeCoinbase(options: CoinbaseOptions): DecodedTransaction {
  const memo = new Uint8Array(8);
  new DataView(memo.buffer).setUint32(0, options.extraNonce ?? 0, true);
  return decoded({
    inputs: [],
    keys: [],
    outputs: options.outputs,
    lockHeight: options.height,
    memo: options.memo ?? memo,
    signatures: [],
  });
}

/** A coin and who can spend it. */
export interface Spendable extends OutPoint {
  readonly amount: Amount;
  readonly owner: Owner;
}

/** Output `index` of `tx`, which is locked to `holder`. */
export function coinOf(tx: DecodedTransaction, index: number, holder: Owner): Spendable {
  const output = assertDefined(tx.outputs[index], 'no such output');
  assert(output.address === holder.address, 'that output is not of this owner');
  return { txid: tx.txid, index, amount: output.amount, owner: holder };
}

/** The genesis coin of owner `i`, 0 to 4, in a network of `makeNetwork`. */
export function genesisCoin({ genesis }: Network, i: number): Spendable {
  return coinOf(assertDefined(genesis.transactions[0], 'genesis has a coinbase'), i, owner(i));
}

/** An output to `holder`. */
export const pay = (holder: Owner, amount: number): TxOutput => ({
  amount: amount as Amount,
  address: holder.address,
});

export interface Spend {
  readonly coins: readonly Spendable[];
  /** What the coins are worth beyond these is the fee. */
  readonly outputs: readonly TxOutput[];
  readonly lockHeight?: number;
  readonly memo?: Uint8Array;
}

/** A transaction that spends `coins`, in its one right order and signed. */
export function spend(
  network: Network,
  { coins, outputs, lockHeight = 0, memo }: Spend,
): DecodedTransaction {
  const owners = distinctOwners(coins);
  const unsigned = {
    inputs: [...coins].sort(byOutpoint).map(({ txid, index, amount, owner: { address } }) => ({
      ...{ txid, index, amount },
      key: owners.findIndex((one) => one.address === address),
    })),
    keys: owners.map(({ key }) => key),
    outputs,
    lockHeight,
    memo: memo ?? new Uint8Array(0),
  };
  return signed(network, unsigned, owners);
}

/** The payment of the `i`-th allocation of genesis to somebody else, without a fee. */
export const spendGenesis = (network: Network, i: number): DecodedTransaction =>
  spend(network, { coins: [genesisCoin(network, i)], outputs: [pay(owner(5), ALLOCATION)] });

/** Any transaction, right or wrong, signed by `owners`, one for each key. */
function signed(
  network: Network,
  unsigned: Omit<Transaction, 'signatures'>,
  owners: readonly Owner[],
): DecodedTransaction {
  const message = signingMessage(network.idBytes, txidOf(encodeUnsigned(unsigned)));
  const signatures = owners.map(({ seed }) => sign(seed, message));
  return decoded({ ...unsigned, signatures });
}

/** `tx` as its bytes decode. */
export function decoded(tx: Transaction): DecodedTransaction {
  const result = decodeTransaction(encodeTransaction(tx));
  assert(result.ok, `decodable: ${JSON.stringify(result)}`);
  return result.value;
}

/** `header` with the first nonce that meets `target`, and the transactions. */
export function withMinedHeader(
  header: Header,
  transactions: readonly DecodedTransaction[],
  target: bigint,
): Block {
  const bytes = encodeHeader(header);
  const view = new DataView(bytes.buffer);
  for (let nonce = header.nonce; ; nonce++) {
    view.setUint32(76, nonce, true);
    const hash = headerHash(bytes);
    if (hashValue(hash) <= target) return { header: { ...header, nonce }, hash, transactions };
  }
}

function ordinaryCoinbase(network: Network, height: number, next: NextBlock): DecodedTransaction {
  const reward = next.reward ?? subsidyAt(network.params, height) + feesOf(next.transactions ?? []);
  const outputs = reward === 0 ? [] : [pay(next.payTo ?? owner(9), reward)];
  return makeCoinbase({ height, outputs, extraNonce: next.extraNonce ?? 0 });
}

function feesOf(transactions: readonly DecodedTransaction[]): number {
  const total = (items: readonly { readonly amount: Amount }[]): number =>
    items.reduce((sum, { amount }) => sum + amount, 0);
  return transactions.reduce((fees, tx) => fees + total(tx.inputs) - total(tx.outputs), 0);
}

function distinctOwners(coins: readonly Spendable[]): Owner[] {
  const byAddress = new Map(coins.map((coin) => [coin.owner.address, coin.owner]));
  return [...byAddress.values()].sort((a, b) => compareBytes(a.key, b.key));
}

const byOutpoint = (a: OutPoint, b: OutPoint): number =>
  outpointKey(a.txid, a.index) < outpointKey(b.txid, b.index) ? -1 : 1;
