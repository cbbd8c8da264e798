import { expect } from 'chai';
import { checkBlock } from '../../../shared/consensus/checkBlock.js';
import { encodeBlock, type Block } from '../../../shared/consensus/block.js';
import { REJECTS } from '../../../shared/consensus/reject.js';
import { outpointKey, type DecodedTransaction } from '../../../shared/consensus/transaction.js';
import {
  decoded,
  genesisCoin,
  genesisOf,
  makeCoinbase,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type NextBlock,
} from '../../support/blocks.js';
import { expectOk, expectReject } from '../../support/rejects.js';

const network = makeNetwork();
const { params } = network;
const payment = (i: number, amount = 5): DecodedTransaction =>
  spend(network, { coins: [genesisCoin(network, i)], outputs: [pay(owner(6), amount)] });

const made = (next: NextBlock): Block => nextBlock(network, genesisOf(network), next).block;
const coinbaseWith = (memoBytes: number): DecodedTransaction =>
  makeCoinbase({ height: 1, outputs: [pay(owner(0), 1)], memo: new Uint8Array(memoBytes) });

describe('consensus/checkBlock', () => {
  it('accepts a coinbase alone, and with transactions', () => {
    expectOk(checkBlock(params, made({}), 1));
    expectOk(checkBlock(params, made({ transactions: [0, 1, 2].map((i) => payment(i)) }), 1));
  });

  it('accepts a coinbase that pays nobody, for the time after the last subsidy', () => {
    expectOk(checkBlock(params, made({ reward: 0 }), 1));
  });

  it('calls every failure mutated until the Merkle root matches', () => {
    const block = made({ transactions: [payment(0), payment(1)] });
    const [coinbase, first, second] = block.transactions as [
      DecodedTransaction,
      DecodedTransaction,
      DecodedTransaction,
    ];
    const bodies = [
      [coinbase, second, first],
      [coinbase, first],
      [first, second],
      [],
      [coinbase, first, payment(2)],
      [coinbase, first, second, second],
      [coinbase, first, decoded({ ...second, signatures: [new Uint8Array(64)] })],
    ];
    for (const transactions of bodies) {
      const result = checkBlock(params, { ...block, transactions }, 1);
      if (result.ok) expect.fail('accepted');
      expect(result.error).to.include({
        code: 'bad-merkle-root',
        expected: block.header.merkleRoot,
      });
      expect(REJECTS[result.error.code].class).to.equal('mutated');
    }
  });

  it('CVE-2012-2459: a body with its tail repeated is mutated and never poisons its header', () => {
    const block = made({ transactions: [payment(0), payment(1)] });
    const repeated = {
      ...block,
      transactions: [...block.transactions, ...block.transactions.slice(1)],
    };
    const result = checkBlock(params, repeated, 1);
    expect(!result.ok && REJECTS[result.error.code].class).to.equal('mutated');
    expectOk(checkBlock(params, block, 1));
  });

  it('rejects a block above the size limit of the network, and none at it', () => {
    const block = made({ transactions: [payment(0)] });
    const sizeBytes = encodeBlock(block).length;
    const withLimit = (blockBytesMax: number): ReturnType<typeof checkBlock> =>
      checkBlock({ ...params, blockBytesMax }, block, 1);
    expectOk(withLimit(sizeBytes));
    expectReject(withLimit(sizeBytes - 1), {
      ...{ code: 'block-too-large', sizeBytes, limitBytes: sizeBytes - 1 },
    });
  });

  it('rejects a block without a coinbase in the first place', () => {
    expectReject(checkBlock(params, made({ coinbase: payment(0) }), 1), { code: 'no-coinbase' });
    const { header, hash } = made({});
    const merkleRoot = '55b852781b9995a44c939b64e441ae2724b96f99c8f4fb9a141cfc9842c4b0e3';
    const empty = { header: { ...header, merkleRoot }, hash, transactions: [] } as unknown as Block;
    expectReject(checkBlock(params, empty, 1), { code: 'no-coinbase' });
  });

  it('rejects a second coinbase', () => {
    const second = makeCoinbase({ height: 1, outputs: [pay(owner(0), 1)], extraNonce: 9 });
    const block = made({ transactions: [second] });
    expectReject(checkBlock(params, block, 1), { code: 'no-inputs', txid: second.txid });
  });

  it('CVE-2012-1909: rejects a coinbase of another height, so that no txid comes twice', () => {
    const block = made({});
    expectReject(checkBlock(params, block, 2), {
      ...{ code: 'bad-coinbase-height', expected: 2, found: 1 },
    });
    const again = nextBlock(network, nextBlock(network, genesisOf(network)));
    const [first, second] = [block, again.block].map(({ transactions }) => transactions[0]?.txid);
    expect(first).not.to.equal(second);
  });

  it('rejects a coinbase memo below 8 or above 100 bytes', () => {
    for (const sizeBytes of [0, 7, 101, 256]) {
      const block = made({ coinbase: coinbaseWith(sizeBytes) });
      expectReject(checkBlock(params, block, 1), { code: 'bad-coinbase-memo', sizeBytes });
    }
    for (const sizeBytes of [8, 100]) {
      expectOk(checkBlock(params, made({ coinbase: coinbaseWith(sizeBytes) }), 1));
    }
  });

  it('holds the coinbase to the form of every transaction', () => {
    const zero = makeCoinbase({ height: 1, outputs: [pay(owner(0), 0)] });
    expectReject(checkBlock(params, made({ coinbase: zero }), 1), {
      ...{ code: 'zero-amount', txid: zero.txid, side: 'outputs', index: 0 },
    });
    const keyed = decoded({
      ...coinbaseWith(8),
      keys: [owner(0).key],
      signatures: [new Uint8Array(64)],
    });
    expectReject(checkBlock(params, made({ coinbase: keyed }), 1), {
      ...{ code: 'unused-key', txid: keyed.txid, key: 0 },
    });
  });

  it('rejects a block with a transaction that breaks a rule by itself', () => {
    const bad = decoded({ ...payment(1), outputs: [pay(owner(0), 1_000_001)] });
    const result = checkBlock(params, made({ transactions: [payment(0), bad] }), 1);
    expect(!result.ok && result.error).to.include({
      code: 'outputs-exceed-inputs',
      txid: bad.txid,
    });
  });

  it('CVE-2018-17144: rejects a coin that two transactions of a block spend', () => {
    const again = payment(0, 6);
    const { txid, index } = genesisCoin(network, 0);
    const block = made({ transactions: [payment(0, 5), payment(1), again] });
    expectReject(checkBlock(params, block, 1), {
      ...{ code: 'duplicate-input', txid: again.txid, outpoint: outpointKey(txid, index) },
    });
    const twice = made({ transactions: [payment(0), payment(0)] });
    expectReject(checkBlock(params, twice, 1), {
      ...{ code: 'duplicate-input', txid: payment(0).txid, outpoint: outpointKey(txid, index) },
    });
  });
});
