import { expect } from 'chai';

import {
  headerTime,
  makeTemplate,
  retimed,
  solved,
  TAG_BYTES_MAX,
  type Contents,
  type Template,
  type Tip,
} from '../../../peer/mining/template.js';
import { assertDefined } from '../../../shared/assert.js';
import { concatBytes, utf8 } from '../../../shared/bytes.js';
import { decodeBlock, type Block } from '../../../shared/consensus/block.js';
import { checkBlock } from '../../../shared/consensus/checkBlock.js';
import { checkHeaderForm, checkHeaderInContext } from '../../../shared/consensus/checkHeader.js';
import { encodeHeader, headerHash } from '../../../shared/consensus/header.js';
import { hashValue, targetOf } from '../../../shared/consensus/work.js';
import type { Amount, Bits, UnixSeconds } from '../../../shared/units.js';
import {
  genesisCoin,
  genesisOf,
  GENESIS_TIME,
  makeNetwork,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';

const EXTRA_NONCE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const network = makeNetwork();
const { params } = network;
const tip: Tip = { hash: network.id, point: genesisOf(network).point };
const contents: Contents = {
  payTo: owner(9).address,
  tag: utf8('a tag'),
  extraNonce: EXTRA_NONCE,
  transactions: [],
  fees: 0 as Amount,
};
const at = (seconds: number): UnixSeconds => (GENESIS_TIME + seconds) as UnixSeconds;

/** The block of the first nonce that wins, decoded from its bytes. */
function mine(template: Template): Block {
  for (let nonce = 0; ; nonce++) {
    const hash = headerHash(encodeHeader({ ...template.header, nonce }));
    if (hashValue(hash) > template.target) continue;
    const found = solved(template, nonce);
    const block = decodeBlock(found.bytes);
    if (!block.ok || block.value.hash !== found.hash) throw new Error('not the block it says');
    return block.value;
  }
}

describe('mining/template', () => {
  it('makes a block that passes the rules for headers and bodies', () => {
    const block = mine(makeTemplate(params, tip, contents, at(10)));
    const context = { header: block.header, hash: block.hash, parent: tip.point, now: at(10) };
    expect(checkHeaderForm(params, block.header, block.hash).ok).to.equal(true);
    expect(checkHeaderInContext(params, context).ok).to.equal(true);
    expect(checkBlock(params, block, 1).ok).to.equal(true);
  });

  it('pays subsidy and fees to one address', () => {
    const fees = 1_234 as Amount;
    const template = makeTemplate(params, tip, { ...contents, fees }, at(0));
    const amount = params.subsidy + fees;
    expect(template.transactions[0]?.outputs).to.deep.equal([pay(owner(9), amount)]);
  });

  it('pays nothing when there is nothing to pay', () => {
    const late = { ...tip, point: { ...tip.point, height: 60 * params.halvingInterval } };
    const template = makeTemplate(params, late, contents, at(0));
    expect(template.transactions[0]?.outputs).to.deep.equal([]);
  });

  it('writes height, extra nonce and tag into the coinbase', () => {
    const [coinbase] = makeTemplate(params, tip, contents, at(0)).transactions;
    expect(coinbase?.lockHeight).to.equal(1);
    expect(coinbase?.memo).to.deep.equal(concatBytes(EXTRA_NONCE, utf8('a tag')));
  });

  it('takes a tag of the greatest length, and none above it', () => {
    const withTag = (length: number) => ({ ...contents, tag: new Uint8Array(length) });
    const block = mine(makeTemplate(params, tip, withTag(TAG_BYTES_MAX), at(0)));
    expect(checkBlock(params, block, 1).ok).to.equal(true);
    expect(() => makeTemplate(params, tip, withTag(TAG_BYTES_MAX + 1), at(0))).to.throw('too long');
  });

  it('puts the transactions after the coinbase and under the Merkle root', () => {
    const coin = genesisCoin(network, 0);
    const tx = spend(network, { coins: [coin], outputs: [pay(owner(1), coin.amount - 5)] });
    const full = { ...contents, transactions: [tx], fees: 5 as Amount };
    const block = mine(makeTemplate(params, tip, full, at(0)));
    expect(block.transactions.map(({ txid }) => txid)).to.include(tx.txid);
    expect(checkBlock(params, block, 1).ok).to.equal(true);
  });

  it('never goes back behind the time of the parent', () => {
    expect(headerTime(tip, at(-50))).to.equal(GENESIS_TIME);
    expect(makeTemplate(params, tip, contents, at(-50)).header.time).to.equal(GENESIS_TIME);
    expect(headerTime(tip, at(50))).to.equal(at(50));
  });

  it('eases the target as a long gap grows, and leaves the bits alone', () => {
    const lan = makeNetwork({ genesisBits: 0x1c7fffff as Bits }, 'lan');
    const parent: Tip = { hash: lan.id, point: genesisOf(lan).point };
    const first = makeTemplate(lan.params, parent, contents, at(lan.params.cap));
    const later = retimed(lan.params, parent, first, at(lan.params.cap + lan.params.halfLife));
    const target = assertDefined(targetOf(lan.params.genesisBits), 'bits of a network');
    expect(first.target).to.equal(target);
    expect(later.target).to.equal(2n * target);
    expect(later.header.bits).to.equal(lan.params.genesisBits);
  });

  it('keeps everything but the time when it is retimed', () => {
    const first = makeTemplate(params, tip, contents, at(1));
    const later = retimed(params, tip, first, at(2));
    expect(later).to.deep.equal({ ...first, header: { ...first.header, time: at(2) } });
  });
});
