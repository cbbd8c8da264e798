/**
 * Every reason for which a transaction that breaks no rule is not taken in: our own taste, and no
 * fault of who sent it. `docs/protocol.md` lists them after the rules.
 */

import { describeReject, type Reject } from './reject.js';
import type { Txid } from '../units.js';

/** What the operator, or whoever pays, is told. */
export const POLICY_REJECTS = {
  'already-waiting': 'It waits for a block already.',
  'fee-too-low': 'Its fee is below what this node asks for.',
  conflict: 'It spends coins that others which wait spend, and pays too little to replace them.',
  'replaces-too-many': 'Too many others that wait would have to go for it.',
  'spends-what-it-replaces': 'It spends a coin of one that it would replace.',
  'chain-too-long': 'It makes a chain of more than 25 that wait for each other.',
  'pool-full': 'What waits pays more, and there is no room.',
} as const;

export type PolicyCode = keyof typeof POLICY_REJECTS;

interface PolicyData {
  'already-waiting': { readonly txid: Txid };
  /** `needed`, `found`: fees. */
  'fee-too-low': { readonly needed: number; readonly found: number };
  conflict: {
    readonly others: readonly Txid[];
    readonly needed: number;
    readonly found: number;
  };
  'replaces-too-many': { readonly count: number };
  'spends-what-it-replaces': { readonly txid: Txid };
  'chain-too-long': { readonly count: number };
  'pool-full': { readonly needed: number };
}

/** Why a transaction is not taken in: another node may see it otherwise. */
export type PolicyReject = {
  [Code in PolicyCode]: { readonly code: Code } & PolicyData[Code];
}[PolicyCode];

/** A rule that it breaks, or our policy. */
export type MempoolReject = Reject | PolicyReject;

export const isPolicy = (reject: MempoolReject): reject is PolicyReject =>
  Object.hasOwn(POLICY_REJECTS, reject.code);

/** As `describeReject`, of rules and of policy. */
export function describeMempoolReject(reject: MempoolReject): string {
  if (!isPolicy(reject)) return describeReject(reject);
  const { code, ...facts } = reject;
  const listed = Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`);
  return `${code}: ${POLICY_REJECTS[code]} (${listed.join(', ')})`;
}
