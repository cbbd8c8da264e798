/** Payments as people look at them before they agree: inputs, recipients, change and fee. */

import { alignColumns } from './format.js';
import { describeMemo } from './memo.js';

export interface ShownPayment {
  readonly inputs: readonly { readonly amount: number }[];
  readonly outputs: readonly {
    readonly address: string;
    readonly amount: number;
    /** Whether it comes back to who pays. */
    readonly isChange: boolean;
  }[];
  readonly fee: number;
  readonly sizeBytes: number;
  readonly memo: Uint8Array;
  /** Only blocks from this height on may hold it; 0: any. */
  readonly lockHeight: number;
}

/** Several lines. To whoever does not know which output is change, each is a payment. */
export function describePayment(payment: ShownPayment): string {
  const { inputs, outputs, fee, sizeBytes, memo, lockHeight } = payment;
  const rate = Math.floor((fee * 1_000) / sizeBytes);
  const coins = `${String(inputs.length)} ${inputs.length === 1 ? 'coin' : 'coins'}`;
  const rows = [
    ['inputs', sum(inputs), coins],
    ...outputs.map(({ address, amount, isChange }) => [
      ...[isChange ? 'change' : 'to', amount, address],
    ]),
    ['fee', fee, `${String(sizeBytes)} bytes, ${String(rate)} for 1000 bytes`],
    ['total', sum(outputs.filter(({ isChange }) => !isChange)) + fee, 'paid, the fee included'],
  ].map((row) => row.map(String));
  const width = Math.max(...rows.map(([, amount = '']) => amount.length));
  const lines = alignColumns(
    rows.map(([name = '', amount = '', about = '']) => [name, amount.padStart(width), about]),
  );
  const text = describeMemo(memo);
  return [
    ...lines,
    ...(text === undefined ? [] : [`memo    ${text}`]),
    ...(lockHeight === 0 ? [] : [`LOCKED  no block below height ${String(lockHeight)} takes it`]),
  ].join('\n');
}

const sum = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((total, { amount }) => total + amount, 0);
