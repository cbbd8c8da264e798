import { expect } from 'chai';
import {
  checkSignatures,
  checkTransaction,
  isSignatureValid,
  signatureChecks,
  SIGNATURE_CHECK_BYTES,
  TRANSACTION_BYTES_MAX,
} from '../../../shared/consensus/checkTransaction.js';
import type { Reject } from '../../../shared/consensus/reject.js';
import {
  outpointKey,
  type DecodedTransaction,
  type Transaction,
  type TxInput,
} from '../../../shared/consensus/transaction.js';
import type { Amount, Txid } from '../../../shared/units.js';
import {
  decoded,
  genesisCoin,
  makeCoinbase,
  makeNetwork,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';
import { expectOk, expectReject } from '../../support/rejects.js';

const network = makeNetwork();
const coins = [0, 1, 2].map((i) => genesisCoin(network, i));
/** Three inputs of three owners, two outputs. */
const good = spend(network, { coins, outputs: [pay(owner(7), 2_000_000), pay(owner(8), 999_000)] });

/** The refusal of `good` with `changes`; its data get the txid of what it has become. */
function refused(changes: Partial<Transaction>, reject: (tx: DecodedTransaction) => Reject): void {
  const changed = decoded({ ...good, ...changes });
  expectReject(checkTransaction(changed), reject(changed));
}

const input = (i: number): TxInput => good.inputs[i] ?? expect.fail('an input');
const key = (i: number): Uint8Array => good.keys[i] ?? expect.fail('a key');

describe('consensus/checkTransaction', () => {
  it('accepts a transaction of three owners', () => {
    expectOk(checkTransaction(good));
    expectOk(checkSignatures(good, network.idBytes));
  });

  it('accepts two coins of one owner behind one key', () => {
    const { txid } = coins[0] ?? expect.fail('a coin');
    const own = [0, 1].map((index) => ({ txid, index, amount: 10 as Amount, owner: owner(0) }));
    const tx = spend(network, { coins: own, outputs: [pay(owner(1), 20)] });
    expect(tx.keys).to.have.length(1);
    expectOk(checkTransaction(tx));
  });

  it('rejects one without inputs or outputs', () => {
    const coinbase = makeCoinbase({ height: 1, outputs: [pay(owner(0), 1)] });
    expectReject(checkTransaction(coinbase), { code: 'no-inputs', txid: coinbase.txid });
    refused({ outputs: [] }, ({ txid }) => ({ code: 'no-outputs', txid }));
  });

  it('rejects one of more than 100,000 bytes, and none of exactly so many', () => {
    const outputs = Array.from({ length: 3500 }, () => pay(owner(1), 1));
    const memo = new Uint8Array(256);
    const sized = (count: number, memoBytes: number): DecodedTransaction =>
      decoded({ ...good, outputs: outputs.slice(0, count), memo: memo.subarray(0, memoBytes) });
    const base = sized(0, 0).bytes.length;
    const count = Math.floor((TRANSACTION_BYTES_MAX - base) / 29);
    const rest = TRANSACTION_BYTES_MAX - base - count * 29;
    expect(sized(count, rest).bytes).to.have.length(TRANSACTION_BYTES_MAX);
    expectOk(checkTransaction(sized(count, rest)));
    const large = sized(count, rest + 1);
    expectReject(checkTransaction(large), {
      code: 'transaction-too-large',
      txid: large.txid,
      sizeBytes: TRANSACTION_BYTES_MAX + 1,
    });
  });

  it('rejects amounts of zero', () => {
    refused({ outputs: [pay(owner(1), 5), pay(owner(1), 0)] }, ({ txid }) => ({
      ...{ code: 'zero-amount', txid, side: 'outputs', index: 1 },
    }));
    const inputs = [{ ...input(0), amount: 0 as Amount }, input(1), input(2)];
    refused({ inputs }, ({ txid }) => ({ code: 'zero-amount', txid, side: 'inputs', index: 0 }));
  });

  it('CVE-2010-5139: rejects sums of 2^53 and more, compared at each step', () => {
    const most = Number.MAX_SAFE_INTEGER;
    refused({ outputs: [pay(owner(1), most), pay(owner(1), 1)] }, ({ txid }) => ({
      ...{ code: 'sum-too-large', txid, side: 'outputs' },
    }));
    refused({ outputs: Array.from({ length: 2049 }, () => pay(owner(1), most)) }, ({ txid }) => ({
      ...{ code: 'sum-too-large', txid, side: 'outputs' },
    }));
    const inputs = [{ ...input(0), amount: most as Amount }, input(1), input(2)];
    refused({ inputs }, ({ txid }) => ({ code: 'sum-too-large', txid, side: 'inputs' }));
    const largest = [{ ...input(0), amount: (most - 2_000_000) as Amount }, input(1), input(2)];
    expectOk(
      checkTransaction(decoded({ ...good, inputs: largest, outputs: [pay(owner(1), most)] })),
    );
  });

  it('rejects outputs that are worth more than the inputs', () => {
    expectOk(checkTransaction(decoded({ ...good, outputs: [pay(owner(1), 3_000_000)] })));
    refused({ outputs: [pay(owner(1), 3_000_001)] }, ({ txid }) => ({
      ...{ code: 'outputs-exceed-inputs', txid },
      ...{ inputs: 3_000_000 as Amount, outputs: 3_000_001 as Amount },
    }));
  });

  it('rejects inputs that are not in ascending order', () => {
    refused({ inputs: [input(1), input(0), input(2)] }, ({ txid }) => ({
      ...{ code: 'inputs-not-ascending', txid, index: 1 },
    }));
    const later = { ...input(2), txid: '0'.repeat(64) as Txid };
    refused({ inputs: [input(0), input(1), later] }, ({ txid }) => ({
      ...{ code: 'inputs-not-ascending', txid, index: 2 },
    }));
  });

  it('CVE-2018-17144: rejects the same input twice in a transaction', () => {
    refused({ inputs: [input(0), input(0), input(1), input(2)] }, ({ txid }) => ({
      ...{ code: 'duplicate-input', txid, outpoint: outpointKey(input(0).txid, input(0).index) },
    }));
  });

  it('rejects keys out of order, twice, missing or without use', () => {
    const signatures = [new Uint8Array(64), ...good.signatures];
    refused({ keys: [key(1), key(0), key(2)] }, ({ txid }) => ({
      ...{ code: 'keys-not-ascending', txid, index: 1 },
    }));
    refused({ keys: [key(0), key(1), key(2), key(2)], signatures }, ({ txid }) => ({
      ...{ code: 'keys-not-ascending', txid, index: 3 },
    }));
    refused({ inputs: [input(0), input(1), { ...input(2), key: 3 }] }, ({ txid }) => ({
      ...{ code: 'key-out-of-range', txid, input: 2 },
    }));
    const unused = new Uint8Array(32).fill(255);
    refused({ keys: [...good.keys, unused], signatures }, ({ txid }) => ({
      ...{ code: 'unused-key', txid, key: 3 },
    }));
  });

  it('rejects a signature that is broken, of another network, or of another transaction', () => {
    const badSignature = (tx: DecodedTransaction): void => {
      expectReject(checkSignatures(tx, network.idBytes), { code: 'bad-signature', txid: tx.txid });
    };
    const broken = good.signatures.map((signature) => signature.slice());
    (broken[1] ?? expect.fail('a signature'))[40] = 0xff;
    badSignature(decoded({ ...good, signatures: broken }));
    badSignature(decoded({ ...good, lockHeight: 1 }));
    const other = makeNetwork({ salt: new Uint8Array(16).fill(1) });
    badSignature(spend(other, { coins, outputs: good.outputs }));
  });

  it('packs a check for each key, which hold one by one', () => {
    const checks = signatureChecks([good]);
    expect(checks).to.have.length(3 * SIGNATURE_CHECK_BYTES);
    const verdicts = (): boolean[] =>
      [0, 1, 2].map((i) => isSignatureValid(network.idBytes, checks, i));
    expect(verdicts()).to.deep.equal([true, true, true]);
    checks[SIGNATURE_CHECK_BYTES + 40] = 0xff;
    expect(verdicts()).to.deep.equal([true, false, true]);
  });
});
