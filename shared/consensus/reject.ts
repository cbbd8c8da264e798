/**
 * Every reason for which a header, a block or a transaction is refused: a closed set, with what we
 * remember of it (`class`) and what the peer that sent it gets (`fault`). `docs/protocol.md` lists
 * it.
 */

import type { Amount, Bits, BlockHash, HashHex, Txid, UnixSeconds } from '../units.js';

/**
 * - `invalid`: broken for ever, under these rules
 * - `mutated`: this body is not the one of its header; nothing is known about the header
 * - `not-yet`: may become right with time; tried again
 * - `policy`: breaks no rule; dropped for our own protection
 */
export type RejectClass = 'invalid' | 'mutated' | 'not-yet' | 'policy';

/**
 * - `ban`: an honest peer checks this before it sends, so it is provable
 * - `disconnect`: an honest peer may have sent it before it could know, but we need better ones
 * - `none`
 */
export type RejectFault = 'ban' | 'disconnect' | 'none';

interface RejectRow {
  readonly class: RejectClass;
  readonly fault: RejectFault;
  readonly sentence: string;
}

const row = (cls: RejectClass, fault: RejectFault, sentence: string): RejectRow => ({
  class: cls,
  fault,
  sentence,
});

export const REJECTS = {
  // Headers.
  'bad-version': row('invalid', 'ban', 'The header version is not 1.'),
  'bad-bits': row(
    'invalid',
    'ban',
    'The target in the header is not the one that its parent asks for.',
  ),
  'bad-pow': row('invalid', 'ban', 'The hash is above the effective target.'),
  'time-before-parent': row('invalid', 'ban', "The time is below the parent's."),
  'time-too-far-ahead': row('not-yet', 'none', 'The time is too far ahead of our clock.'),
  'unknown-parent': row('not-yet', 'none', 'The parent is not known.'),
  'invalid-parent': row('invalid', 'none', 'An ancestor is invalid.'),
  'known-invalid': row('invalid', 'none', 'This block was found invalid before.'),
  'too-many-eased-siblings': row(
    'policy',
    'none',
    'The parent has as many children with an eased target as we keep.',
  ),

  // Bodies.
  'undecodable-block': row('mutated', 'ban', 'The bytes are not a block.'),
  'bad-merkle-root': row('mutated', 'ban', 'The transactions are not those of the header.'),
  'block-too-large': row('invalid', 'ban', "The block is larger than the network's limit."),
  'no-coinbase': row('invalid', 'ban', 'The first transaction is not a coinbase.'),
  'bad-coinbase-height': row(
    'invalid',
    'ban',
    "The lock height of the coinbase is not the block's height.",
  ),
  'bad-coinbase-memo': row(
    'invalid',
    'ban',
    'The memo of the coinbase is not 8 to 100 bytes long.',
  ),

  // Transactions by themselves.
  'undecodable-transaction': row('invalid', 'ban', 'The bytes are not a transaction.'),
  'transaction-too-large': row('invalid', 'ban', 'The transaction is larger than 100,000 bytes.'),
  'no-inputs': row('invalid', 'ban', 'Only the first transaction of a block has no inputs.'),
  'no-outputs': row('invalid', 'ban', 'Only a coinbase may have no outputs.'),
  'zero-amount': row('invalid', 'ban', 'An amount is zero.'),
  'sum-too-large': row('invalid', 'ban', 'The amounts add up to 2^53 or more.'),
  'outputs-exceed-inputs': row('invalid', 'ban', 'The outputs are worth more than the inputs.'),
  'inputs-not-ascending': row('invalid', 'ban', 'The inputs are not in ascending order.'),
  'duplicate-input': row('invalid', 'ban', 'A coin is spent twice.'),
  'keys-not-ascending': row('invalid', 'ban', 'The keys are not strictly ascending.'),
  'key-out-of-range': row('invalid', 'ban', 'An input names a key that is not there.'),
  'unused-key': row('invalid', 'ban', 'A key unlocks no input.'),
  'bad-signature': row('invalid', 'disconnect', 'A signature is not valid.'),

  // Transactions against the coins of a chain.
  'missing-coin': row('invalid', 'disconnect', 'A spent coin does not exist, or is spent already.'),
  'wrong-amount': row('invalid', 'disconnect', "An input states another amount than its coin's."),
  'wrong-key': row(
    'invalid',
    'disconnect',
    "An input's key is not the one that its coin is locked to.",
  ),
  'immature-coin': row('invalid', 'disconnect', 'A coinbase is spent before it matures.'),
  locked: row('invalid', 'disconnect', 'The lock height is above the height of the block.'),
  'bad-coinbase-amount': row(
    'invalid',
    'disconnect',
    'The coinbase pays more than the subsidy and the fees.',
  ),
} as const satisfies Record<string, RejectRow>;

export type RejectCode = keyof typeof REJECTS;

/** The facts of one refusal: a code, and exactly the data of that code. */
export type Reject = {
  [Code in RejectCode]: { readonly code: Code } & RejectData[Code];
}[RejectCode];

/** Why bytes are not a transaction. */
export type TransactionProblem =
  | 'truncated'
  | 'trailing-bytes'
  | 'unknown-version'
  | 'unknown-output-kind'
  | 'amount-too-large'
  | 'memo-too-long';

/** The rule and its facts in one line for a log: `bad-bits: The target … (expected …, found …)`. */
export function describeReject(reject: Reject): string {
  const { code, ...facts } = reject;
  const listed = Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`);
  const tail = listed.length === 0 ? '' : ` (${listed.join(', ')})`;
  return `${code}: ${REJECTS[code].sentence}${tail}`;
}

/** No data: `unknown` adds nothing to the code. */
type NoData = unknown;
interface OfTransaction {
  readonly txid: Txid;
}
/** `outpoint`: the outpoint key of the coin (transaction.ts). */
interface OfCoin extends OfTransaction {
  readonly outpoint: string;
}
interface OfSide extends OfTransaction {
  readonly side: 'inputs' | 'outputs';
}

interface RejectData {
  'bad-version': { readonly found: number };
  'bad-bits': { readonly expected: Bits; readonly found: Bits };
  'bad-pow': NoData;
  'time-before-parent': { readonly time: UnixSeconds; readonly parentTime: UnixSeconds };
  'time-too-far-ahead': { readonly time: UnixSeconds; readonly latest: UnixSeconds };
  'unknown-parent': { readonly parent: BlockHash };
  'invalid-parent': { readonly parent: BlockHash };
  'known-invalid': { readonly hash: BlockHash };
  'too-many-eased-siblings': { readonly parent: BlockHash };

  /** `transaction`: the index of the one that is wrong; -1 when it is the frame around them. */
  'undecodable-block': { readonly problem: TransactionProblem; readonly transaction: number };
  'bad-merkle-root': { readonly expected: HashHex; readonly found: HashHex };
  'block-too-large': { readonly sizeBytes: number; readonly limitBytes: number };
  'no-coinbase': NoData;
  'bad-coinbase-height': { readonly expected: number; readonly found: number };
  'bad-coinbase-memo': { readonly sizeBytes: number };

  'undecodable-transaction': { readonly problem: TransactionProblem };
  'transaction-too-large': OfTransaction & { readonly sizeBytes: number };
  'no-inputs': OfTransaction;
  'no-outputs': OfTransaction;
  'zero-amount': OfSide & { readonly index: number };
  'sum-too-large': OfSide;
  'outputs-exceed-inputs': OfTransaction & { readonly inputs: Amount; readonly outputs: Amount };
  'inputs-not-ascending': OfTransaction & { readonly index: number };
  'duplicate-input': OfCoin;
  'keys-not-ascending': OfTransaction & { readonly index: number };
  'key-out-of-range': OfTransaction & { readonly input: number };
  'unused-key': OfTransaction & { readonly key: number };
  'bad-signature': OfTransaction;

  'missing-coin': OfCoin;
  'wrong-amount': OfCoin & { readonly stated: Amount; readonly actual: Amount };
  'wrong-key': OfCoin;
  /** `from`: the first height at which it can be spent. */
  'immature-coin': OfCoin & { readonly from: number };
  locked: OfTransaction & { readonly lockHeight: number; readonly height: number };
  'bad-coinbase-amount': { readonly allowed: Amount; readonly found: number };
}
