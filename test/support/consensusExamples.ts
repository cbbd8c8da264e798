/**
 * One of each consensus object, always the same: what the golden bytes and `docs/protocol.md` show.
 */

import { sha256 } from '#crypto';
import { hashBytes, toHex, utf8 } from '../../shared/bytes.js';
import { encodeAddress } from '../../shared/consensus/address.js';
import { aserti3, effectiveTarget } from '../../shared/consensus/difficulty.js';
import { networkOf } from '../../shared/consensus/genesis.js';
import { inclusionProof, merkleRoot } from '../../shared/consensus/merkle.js';
import { printParamsJson } from '../../shared/consensus/paramsJson.js';
import { template } from '../../shared/consensus/templates.js';
import { signingMessage } from '../../shared/consensus/transaction.js';
import { bitsOf } from '../../shared/consensus/work.js';
import type { Bits } from '../../shared/units.js';
import { genesisCoin, genesisOf, GENESIS_TIME, nextBlock, owner, pay, spend } from './blocks.js';

const network = networkOf(
  template('lan', {
    name: 'example',
    salt: Uint8Array.from({ length: 16 }, (_, i) => i),
    time: GENESIS_TIME,
    allocations: [pay(owner(0), 1_000_000), pay(owner(1), 2_000_000)],
  }),
);

const payment = spend(network, {
  coins: [genesisCoin(network, 0)],
  outputs: [pay(owner(2), 600_000), pay(owner(0), 399_000)],
  memo: sha256(utf8('a document')),
});

const made = nextBlock(network, genesisOf(network), {
  transactions: [payment],
  time: GENESIS_TIME + 7,
});

/** Every example as JSON holds it. */
export function consensusExamples(): Record<string, unknown> {
  return {
    params: {
      bytes: toHex(network.paramsBytes),
      json: JSON.parse(printParamsJson(network.params)) as unknown,
    },
    genesis: { bytes: toHex(network.genesisBytes), networkId: network.id },
    address: addressExample(),
    transaction: {
      bytes: toHex(payment.bytes),
      txid: payment.txid,
      wtxid: payment.wtxid,
      signingMessage: toHex(signingMessage(network.idBytes, payment.txid)),
    },
    block: { bytes: toHex(made.bytes), hash: made.block.hash },
    proof: proofExample(),
    aserti3: [0, 10, -10, -1, 470, 240, -240].map((excessSeconds) => asertExample(excessSeconds)),
    effectiveTarget: [480, 481, 600, 720, 1200, 3600].map((seconds) => easingExample(seconds)),
  };
}

function addressExample(): object {
  const { seed, key, address } = owner(0);
  const text = encodeAddress(network.params.prefix, address);
  return { seed: toHex(seed), key: toHex(key), hash: address, text };
}

function proofExample(): object {
  const leaves = made.block.transactions.map(({ wtxid }) => hashBytes(wtxid));
  return {
    leafHash: toHex(hashBytes(payment.wtxid)),
    index: 1,
    treeSize: leaves.length,
    proof: inclusionProof(leaves, 1).map((hash) => toHex(hash)),
    root: toHex(merkleRoot(leaves)),
  };
}

const EXAMPLE_BITS = 0x1e00_ffff as Bits;

function asertExample(excessSeconds: number): object {
  const { halfLife, powLimit } = network.params;
  const next = aserti3(EXAMPLE_BITS, excessSeconds, halfLife, powLimit);
  return { bits: printed(EXAMPLE_BITS), excessSeconds, halfLife, next: printed(next) };
}

function easingExample(secondsSinceParent: number): object {
  const target = effectiveTarget(network.params, EXAMPLE_BITS, secondsSinceParent);
  return {
    ...{ bits: printed(EXAMPLE_BITS), secondsSinceParent },
    ...{ target: target.toString(16).padStart(64, '0'), asBits: printed(bitsOf(target)) },
  };
}

const printed = (bits: Bits): string => bits.toString(16).padStart(8, '0');
