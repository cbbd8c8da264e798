/** The rules for a block's body by itself: no coins, no signatures. */

import { toHexReversed } from '../bytes.js';
import { fail, ok, type Result } from '../result.js';
import type { HashHex } from '../units.js';
import { encodedSize, transactionsRoot, type Block } from './block.js';
import { checkCommonForm, checkTransaction } from './checkTransaction.js';
import type { NetworkParams } from './params.js';
import type { Reject } from './reject.js';
import { isCoinbase, outpointKey, type DecodedTransaction } from './transaction.js';

/**
 * Everything that the body at `height` shows by itself. The Merkle root comes first: before it
 * matches, no failure says anything about the header; after, every one is final. `isKnown`: the
 * transaction passed `checkTransaction` before.
 */
export function checkBlock(
  params: NetworkParams,
  block: Block,
  height: number,
  isKnown: (tx: DecodedTransaction) => boolean = () => false,
): Result<void, Reject> {
  const problem =
    checkRoot(block) ??
    checkSize(params, block) ??
    checkCoinbase(block, height) ??
    checkSpends(block.transactions, isKnown);
  return problem === undefined ? ok(undefined) : fail(problem);
}

/** A coinbase's memo: 8 bytes of extra nonce, and up to 92 of the miner's own. */
export const COINBASE_MEMO_BYTES = { min: 8, max: 100 } as const;

function checkRoot({ header, transactions }: Block): Reject | undefined {
  const found = toHexReversed(transactionsRoot(transactions)) as HashHex;
  if (found === header.merkleRoot) return undefined;
  return { code: 'bad-merkle-root', expected: header.merkleRoot, found };
}

function checkSize({ blockBytesMax }: NetworkParams, block: Block): Reject | undefined {
  const sizeBytes = encodedSize(block);
  if (sizeBytes <= blockBytesMax) return undefined;
  return { code: 'block-too-large', sizeBytes, limitBytes: blockBytesMax };
}

/** The height in it makes every coinbase, and so every txid, unique (CVE-2012-1909). */
function checkCoinbase({ transactions }: Block, height: number): Reject | undefined {
  const coinbase = transactions[0];
  if (coinbase === undefined || !isCoinbase(coinbase)) return { code: 'no-coinbase' };
  if (coinbase.lockHeight !== height) {
    return { code: 'bad-coinbase-height', expected: height, found: coinbase.lockHeight };
  }
  const memoBytes = coinbase.memo.length;
  if (memoBytes < COINBASE_MEMO_BYTES.min || memoBytes > COINBASE_MEMO_BYTES.max) {
    return { code: 'bad-coinbase-memo', sizeBytes: memoBytes };
  }
  return checkCommonForm(coinbase);
}

/** Each by itself, and no coin spent by two of them (CVE-2018-17144). */
function checkSpends(
  transactions: readonly DecodedTransaction[],
  isKnown: (tx: DecodedTransaction) => boolean,
): Reject | undefined {
  const spent = new Set<string>();
  for (const tx of transactions.slice(1)) {
    const form = isKnown(tx) ? undefined : checkTransaction(tx);
    if (form?.ok === false) return form.error;
    for (const { txid, index } of tx.inputs) {
      const outpoint = outpointKey(txid, index);
      if (spent.has(outpoint)) return { code: 'duplicate-input', txid: tx.txid, outpoint };
      spent.add(outpoint);
    }
  }
  return undefined;
}
