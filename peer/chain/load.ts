/**
 * Start-up: the chain as the store left it, or a new one of the genesis block alone.
 *
 * Every header is hashed and checked again, so that nothing rests on what a file says about itself.
 * What can come again from peers is forgotten with a note; what cannot is `StoreDamage`.
 */

import { checkHeaderForm, checkHeaderInContext } from '../../shared/consensus/checkHeader.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { decodeHeader, HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import { outpointKey } from '../../shared/consensus/transaction.js';
import { targetOf } from '../../shared/consensus/work.js';
import type { Block } from '../../shared/consensus/block.js';
import { assertDefined } from '../../shared/assert.js';
import type { BlockHash } from '../../shared/units.js';
import type { Bodies } from './bodies.js';
import { COIN_BYTES } from './coinBytes.js';
import { CoinView } from './coinView.js';
import { addOutputs } from './connect.js';
import { ancestorAt, pathUp, pointOf, type HeaderEntry } from './headerEntry.js';
import { HeaderTree, type CheckedHeader } from './headerTree.js';
import { StoreDamage, type ChainState, type ChainStore, type StoredHeader } from './store.js';

/** Where the chain stands, as entries. */
export interface Standing {
  /** The announced tip. */
  readonly tip: HeaderEntry;
  /** Up to where the stored coins stand. */
  readonly position: HeaderEntry;
  /** Where the coins have to go: a reorganisation under way, or the tip. */
  readonly target: HeaderEntry | undefined;
}

/** All headers of `store`, which may be a new one. */
export function openTree(network: Network, store: ChainStore): HeaderTree {
  const found = loadTree(network, store.headers());
  if (found !== undefined) return found;
  initialiseStore(network, store);
  return assertDefined(loadTree(network, store.headers()), 'the store holds the genesis block now');
}

/** Makes the store of a new network: genesis block, its coins, and a state that says so. */
function initialiseStore(network: Network, store: ChainStore): void {
  const { genesis, genesisBytes, id } = network;
  const coins = new CoinView(() => undefined);
  for (const tx of genesis.transactions) addOutputs(tx, 0, coins);
  store.atomically(() => {
    store.putHeader(0, genesisBytes.subarray(0, HEADER_BYTES));
    store.putBody(0, genesisBytes);
    store.putUndo(0, new Uint8Array(0));
    store.setStatus(0, 'connected');
    store.writeCoins(coins.take());
    store.setState({ tip: id, position: id, target: undefined });
  });
}

/** The tree of `stored`, all rules checked; `undefined` when there is not even a genesis block. */
export function loadTree(network: Network, stored: Iterable<StoredHeader>): HeaderTree | undefined {
  let tree: HeaderTree | undefined;
  for (const row of stored) {
    if (tree === undefined) {
      tree = new HeaderTree(genesisHeader(network, row));
      continue;
    }
    if (row.id !== tree.size) throw damagedHeader(tree.size, 'is missing');
    addStored(network, tree, row);
  }
  return tree;
}

/** Where `state` says that the chain stands, when the tree agrees. */
export function standingOf(tree: HeaderTree, state: ChainState | undefined): Standing {
  if (state === undefined)
    throw new StoreDamage('It has headers, but does not say where it stands.');
  const tip = connectedEntry(tree, state.tip);
  const position = connectedEntry(tree, state.position);
  const target = state.target === undefined ? undefined : tree.entry(state.target);
  return { tip, position, target: target ?? (position === tip ? undefined : tip) };
}

/**
 * Looks closely at the last blocks below `position`: bodies and undo are there and whole, and the
 * coins stand where the state says. What lies deeper is looked at when it is used, or by `cairn
 * chain verify`.
 */
export function checkLastBlocks(
  { position, tip }: Standing,
  store: ChainStore,
  bodies: Bodies,
): void {
  const from = ancestorAt(position, startFrom(position));
  for (const entry of pathUp(from, position)) {
    const inputs = bodies.need(entry).transactions.reduce((sum, tx) => sum + tx.inputs.length, 0);
    if (store.undo(entry.id)?.length !== inputs * COIN_BYTES) {
      throw new StoreDamage(`The undo of block ${String(entry.height)} is missing or damaged.`);
    }
  }
  const above = tip.height > position.height ? ancestorAt(tip, position.height + 1) : undefined;
  const isBehind = position.height > 0 && isRewardThere(store, bodies.need(position)) === false;
  const isAhead = above !== undefined && isRewardThere(store, bodies.need(above)) === true;
  if (isBehind || isAhead) {
    throw new StoreDamage(`The coins are not those of block ${String(position.height)}.`);
  }
}

/** A start reads the blocks above this height, and their undo. */
export const startFrom = (position: HeaderEntry): number =>
  Math.max(0, position.height - LAST_BLOCKS);

/** As deep as nearly every reorganisation. */
const LAST_BLOCKS = 6;

/** Whether the coin that the miner of `block` made is stored; `undefined` when it made none. */
function isRewardThere(store: ChainStore, block: Block): boolean | undefined {
  const coinbase = block.transactions[0];
  if (coinbase === undefined || coinbase.outputs.length === 0) return undefined;
  return store.coin(outpointKey(coinbase.txid, 0)) !== undefined;
}

function genesisHeader(network: Network, { bytes }: StoredHeader): CheckedHeader {
  const { header, hash } = network.genesis;
  if (headerHash(bytes) !== hash) throw damagedHeader(0, "is not the network's genesis block");
  const target = assertDefined(targetOf(header.bits), 'genesis bits are within bounds');
  return { header, hash, bytes, target };
}

function addStored({ params }: Network, tree: HeaderTree, row: StoredHeader): void {
  const { id, bytes } = row;
  const header = decodeHeader(bytes);
  const hash = headerHash(bytes);
  const parent = tree.entry(header.previous);
  if (parent === undefined) throw damagedHeader(id, 'does not follow any other');
  if (tree.entry(hash) !== undefined) throw damagedHeader(id, 'is there twice');
  // The header's own time: that it was not too far ahead was checked when it came.
  const inContext = { header, hash, parent: pointOf(parent), now: header.time };
  const form = checkHeaderForm(params, header, hash);
  const checked = form.ok ? checkHeaderInContext(params, inContext) : form;
  if (!checked.ok) throw damagedHeader(id, `breaks a rule (${checked.error.code})`);
  const entry = tree.add({ header, hash, bytes, target: checked.value.target }, parent);
  if (row.hasBody) tree.markBody(entry);
  if (row.status === 'connected') tree.markConnected(entry);
  else if (row.status === 'invalid') tree.markInvalid(entry);
}

/** A block that was connected, so that all up to it were, and have their bodies. */
function connectedEntry(tree: HeaderTree, hash: BlockHash): HeaderEntry {
  const entry = tree.entry(hash);
  if (entry === undefined)
    throw new StoreDamage(`It stands at block ${hash}, whose header is missing.`);
  if (!entry.isComplete || entry.status === 'invalid') {
    throw new StoreDamage(`It stands at block ${hash}, which is not complete.`);
  }
  return entry;
}

const damagedHeader = (id: number, what: string): StoreDamage =>
  new StoreDamage(`Header ${String(id)} ${what}.`);
