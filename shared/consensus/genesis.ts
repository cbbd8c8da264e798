/** From parameters to a network: its genesis block is derived, and the hash of that is its id. */

import { sha256 } from '#crypto';
import { assert } from '../assert.js';
import { concatBytes, hashBytes, toHexReversed, utf8 } from '../bytes.js';
import type { BlockHash, HashHex } from '../units.js';
import { encodeBlock, transactionsRoot, type Block } from './block.js';
import { encodeHeader, headerHash, type Header } from './header.js';
import { checkParams, encodeParams, FIXED_PARAMS_BYTES, type NetworkParams } from './params.js';
import { decodeTransaction, encodeTransaction, type DecodedTransaction } from './transaction.js';

export interface Network {
  readonly params: NetworkParams;
  /** Hash of the genesis header. */
  readonly id: BlockHash;
  /** The same, 32 bytes in the hash function's order: what is sent and signed. */
  readonly idBytes: Uint8Array;
  readonly genesis: Block;
  readonly genesisBytes: Uint8Array;
  readonly paramsBytes: Uint8Array;
}

/**
 * The network of `params`, which were checked (`decodeParams`, `parseParamsJson`, `template`). The
 * genesis block is valid by definition: it needs no proof of work, and its coinbase may have no
 * outputs or many.
 */
export function networkOf(params: NetworkParams): Network {
  assert(checkParams(params).ok, 'parameters were checked before');
  const paramsBytes = encodeParams(params);
  const transactions = [genesisCoinbase(params, paramsBytes)];
  const header: Header = {
    version: 1,
    previous: NO_PARENT,
    merkleRoot: toHexReversed(transactionsRoot(transactions)) as HashHex,
    time: params.time,
    bits: params.genesisBits,
    nonce: 0,
  };
  const id = headerHash(encodeHeader(header));
  const genesis = { header, hash: id, transactions };
  const genesisBytes = encodeBlock(genesis);
  return { params, id, idBytes: hashBytes(id), genesis, genesisBytes, paramsBytes };
}

/**
 * The memo commits to the fixed parameters, the outputs are the allocations: nothing is left out.
 */
function genesisCoinbase(params: NetworkParams, paramsBytes: Uint8Array): DecodedTransaction {
  const fixed = paramsBytes.subarray(0, FIXED_PARAMS_BYTES);
  const bytes = encodeTransaction({
    inputs: [],
    keys: [],
    outputs: params.allocations,
    lockHeight: 0,
    memo: sha256(concatBytes(GENESIS_TAG, fixed)),
    signatures: [],
  });
  const decoded = decodeTransaction(bytes);
  assert(decoded.ok, 'what we encode can be decoded');
  return decoded.value;
}

const NO_PARENT = '0'.repeat(64) as BlockHash;
const GENESIS_TAG = utf8('cairn/genesis/1\0');
