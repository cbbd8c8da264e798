import { expect } from 'chai';
import fc from 'fast-check';
import { sha256d } from '#crypto';
import { hashBytes, toHex, utf8 } from '../../../shared/bytes.js';
import { leafHash } from '../../../shared/consensus/merkle.js';
import type { TransactionProblem } from '../../../shared/consensus/reject.js';
import {
  decodeTransaction,
  encodeTransaction,
  encodeUnsigned,
  isCoinbase,
  outpointKey,
  signingMessage,
  txidOf,
  type Transaction,
} from '../../../shared/consensus/transaction.js';
import type { AddressHash, Amount, Txid } from '../../../shared/units.js';
import { decoded } from '../../support/blocks.js';
import { expectOk, expectReject } from '../../support/rejects.js';

const hexOf = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => toHex(bytes));
const amounts = fc.maxSafeNat() as fc.Arbitrary<Amount>;
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** Any transaction that has a binary form, whether it breaks rules or not. */
const transactions: fc.Arbitrary<Transaction> = fc
  .record({
    inputs: fc.array(
      fc.record({
        txid: hexOf(32) as fc.Arbitrary<Txid>,
        index: u32,
        amount: amounts,
        key: fc.integer({ min: 0, max: 0xffff }),
      }),
      { maxLength: 5 },
    ),
    keys: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 4 }),
    outputs: fc.array(
      fc.record({ amount: amounts, address: hexOf(20) as fc.Arbitrary<AddressHash> }),
      { maxLength: 5 },
    ),
    lockHeight: u32,
    memo: fc.uint8Array({ maxLength: 256 }),
  })
  .map((unsigned) => ({
    ...unsigned,
    signatures: unsigned.keys.map((key) => new Uint8Array([...key, ...key])),
  }));

describe('consensus/transaction', () => {
  it('decodes what it encoded, field by field and to the same bytes', () => {
    fc.assert(
      fc.property(transactions, (tx) => {
        const bytes = encodeTransaction(tx);
        const { txid, wtxid, bytes: kept, ...fields } = expectOk(decodeTransaction(bytes));
        expect(fields).to.deep.equal(tx);
        expect(kept).to.deep.equal(bytes);
        expect(txid).to.equal(txidOf(encodeUnsigned(tx)));
        expect(hashBytes(wtxid)).to.deep.equal(leafHash(bytes));
      }),
    );
  });

  it('encodes whatever it decoded to the same bytes, however it was broken', () => {
    fc.assert(
      fc.property(transactions, fc.array(fc.tuple(fc.nat(), fc.nat(255))), (tx, changes) => {
        const bytes = encodeTransaction(tx);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const result = decodeTransaction(bytes);
        if (result.ok) expect(encodeTransaction(result.value)).to.deep.equal(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('answers any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const result = decodeTransaction(bytes);
        if (result.ok) expect(encodeTransaction(result.value)).to.deep.equal(bytes);
        else expect(result.error.code).to.equal('undecodable-transaction');
      }),
      { numRuns: 1000 },
    );
  });

  it('names the problem: truncated at every place, and trailing bytes', () => {
    const bytes = encodeTransaction(sampleTransaction());
    for (let length = 0; length < bytes.length; length++) {
      expectProblem(bytes.subarray(0, length), 'truncated');
    }
    expectProblem(new Uint8Array([...bytes, 0]), 'trailing-bytes');
  });

  it('names the problem: unknown version or kind, too large amounts, too long memo', () => {
    const bytes = encodeTransaction(sampleTransaction());
    const changed = (at: number, value: number): Uint8Array => {
      const copy = bytes.slice();
      copy[at] = value;
      return copy;
    };
    expectProblem(changed(0, 2), 'unknown-version');
    expectProblem(changed(0, 0), 'unknown-version');
    // 1 version, 2 count, then in the input 32 txid, 4 index, 8 amount.
    expectProblem(changed(3 + 36 + 6, 0x20), 'amount-too-large');
    expectProblem(changed(3 + 36 + 7, 0xff), 'amount-too-large');
    const output = 3 + 46 + 2 + 32 + 2;
    expectProblem(changed(output, 1), 'unknown-output-kind');
    expectProblem(changed(output + 1 + 6, 0x20), 'amount-too-large');
    const memo = output + 29 + 4;
    expectProblem(changed(memo + 1, 2), 'memo-too-long');
  });

  it('CVE-2010-5139: reads amounts around 2^53 and 2^64 exactly or not at all', () => {
    const amountAt = 3 + 36;
    const withAmount = (value: bigint): Uint8Array => {
      const bytes = encodeTransaction(sampleTransaction());
      new DataView(bytes.buffer).setBigUint64(amountAt, value, true);
      return bytes;
    };
    for (const value of [1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n]) {
      const tx = expectOk(decodeTransaction(withAmount(value)));
      expect(tx.inputs[0]?.amount).to.equal(Number(value));
    }
    for (const value of [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
      expectProblem(withAmount(value), 'amount-too-large');
    }
  });

  it('builds nothing for a claimed count whose items are not there', () => {
    expectProblem(Uint8Array.of(1, 0xff, 0xff), 'truncated');
    expectProblem(Uint8Array.of(1, 0, 0, 0xff, 0xff), 'truncated');
    expectProblem(Uint8Array.of(1, 0, 0, 0, 0, 0xff, 0xff, 0), 'truncated');
  });

  it('has one txid for all signatures, and a wtxid for each', () => {
    const tx = sampleTransaction();
    const first = decoded(tx);
    const second = decoded({ ...tx, signatures: [new Uint8Array(64).fill(1)] });
    expect(first.txid).to.equal(second.txid);
    expect(first.wtxid).not.to.equal(second.wtxid);
  });

  it('signs tag, network id and txid: 75 bytes', () => {
    const id = new Uint8Array(32).fill(5);
    const tx = decoded(sampleTransaction());
    const message = signingMessage(id, tx.txid);
    expect(message).to.have.length(75);
    const unsigned = tx.bytes.subarray(0, -64);
    expect(message).to.deep.equal(
      new Uint8Array([...utf8('cairn/tx/1\0'), ...id, ...sha256d(unsigned)]),
    );
  });

  it('makes outpoint keys that sort as outpoints do', () => {
    const a = 'a'.repeat(64) as Txid;
    const b = 'b'.repeat(64) as Txid;
    const keys = [outpointKey(a, 0), outpointKey(a, 255), outpointKey(a, 256), outpointKey(b, 0)];
    expect([...keys].sort()).to.deep.equal(keys);
    expect(outpointKey(a, 0xffff_ffff)).to.equal(`${a}ffffffff`);
    expect(keys.every((key) => key.length === 72)).to.equal(true);
  });

  it('tells a coinbase by its lack of inputs', () => {
    expect(isCoinbase(sampleTransaction())).to.equal(false);
    expect(isCoinbase({ ...sampleTransaction(), inputs: [] })).to.equal(true);
  });
});

/** One input, one key, one output, no memo. */
function sampleTransaction(): Transaction {
  return {
    inputs: [{ txid: '1'.repeat(64) as Txid, index: 2, amount: 3 as Amount, key: 0 }],
    keys: [new Uint8Array(32).fill(4)],
    outputs: [{ amount: 3 as Amount, address: '5'.repeat(40) as AddressHash }],
    lockHeight: 6,
    memo: new Uint8Array(0),
    signatures: [new Uint8Array(64).fill(7)],
  };
}

function expectProblem(bytes: Uint8Array, problem: TransactionProblem): void {
  expectReject(decodeTransaction(bytes), { code: 'undecodable-transaction', problem });
}
