/**
 * A coin as the store and the undo of a block keep it, 32 bytes: amount u64 ‖ address hash 20 ‖
 * u32 (height · 2, and 1 more for a coinbase's), little-endian. Never on the wire.
 */

import { ByteReader } from '../../shared/byteReader.js';
import { ByteWriter } from '../../shared/byteWriter.js';
import type { AddressHash, Amount } from '../../shared/units.js';
import { StoreDamage, type Coin } from './store.js';

export const COIN_BYTES = 32;

/** The bytes of `coins`, one after the other. */
export function encodeCoins(coins: readonly Coin[]): Uint8Array {
  const writer = new ByteWriter(coins.length * COIN_BYTES);
  for (const coin of coins) {
    writer.u64(coin.amount);
    writer.hex(coin.address);
    writer.u32(coin.height * 2 + (coin.isCoinbase ? 1 : 0));
  }
  return writer.finish();
}

/** The coins in `bytes`, which are our own. Throws `StoreDamage` when they are not whole coins. */
export function decodeCoins(bytes: Uint8Array): Coin[] {
  if (bytes.length % COIN_BYTES !== 0) throw new StoreDamage('A stored coin is cut off.');
  const reader = new ByteReader(bytes);
  const coins: Coin[] = [];
  while (reader.has(1)) coins.push(readCoin(reader));
  return coins;
}

function readCoin(reader: ByteReader): Coin {
  const amount = reader.u64() as Amount | undefined;
  if (amount === undefined) throw new StoreDamage('A stored coin has no possible amount.');
  const address = reader.hex(20) as AddressHash;
  const mark = reader.u32();
  return { amount, address, height: mark >>> 1, isCoinbase: mark % 2 === 1 };
}
