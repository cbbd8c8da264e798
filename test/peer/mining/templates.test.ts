import { expect } from 'chai';
import { Templates } from '../../../peer/mining/templates.js';
import type { Tip } from '../../../peer/mining/template.js';
import { seededRng } from '../../../shared/rng.js';
import type { UnixSeconds } from '../../../shared/units.js';
import { genesisOf, GENESIS_TIME, makeNetwork, owner } from '../../support/blocks.js';
import { emptyMempool, payGenesis } from '../../support/mempools.js';

const network = makeNetwork();
const tip: Tip = { hash: network.id, point: genesisOf(network).point };
const at = (seconds: number): UnixSeconds => (GENESIS_TIME + seconds) as UnixSeconds;

function scene() {
  const mempool = emptyMempool(network);
  const waiting = { mempool, isAtTip: true };
  const options = { params: network.params, payTo: owner(9).address, tag: new Uint8Array(0) };
  const templates = new Templates(options, { rng: seededRng(1), transactions: waiting });
  return { mempool, waiting, templates };
}

describe('mining/templates', () => {
  it('has what waits in the first one on a tip', () => {
    const { mempool, templates } = scene();
    const tx = payGenesis(network, 0, 700);
    mempool.add(tx, { height: 1, now: at(0) });
    const { template, isInterim } = templates.first(tip, at(3), true);
    expect(template.transactions.slice(1)).to.deep.equal([tx]);
    expect(template.transactions[0]?.outputs[0]?.amount).to.equal(network.params.subsidy + 700);
    expect(isInterim).to.equal(false);
  });

  it('moves the time alone while nothing pays more, and else changes the coinbase', () => {
    const { templates } = scene();
    const first = templates.first(tip, at(3), true);
    const next = templates.next(tip, first, at(4));
    expect(next.template.transactions).to.equal(first.template.transactions);
    expect(next.template.header.time).to.equal(at(4));
    const again = templates.next(tip, next, at(4));
    expect(again.template.header.merkleRoot).to.not.equal(next.template.header.merkleRoot);
  });

  it('takes in what pays more', () => {
    const { mempool, templates } = scene();
    const first = templates.first(tip, at(3), true);
    mempool.add(payGenesis(network, 0, 700), { height: 1, now: at(0) });
    expect(templates.next(tip, first, at(4)).template.transactions).to.have.length(2);
  });

  it('asks for another one at once when nothing could be chosen yet, and then not again', () => {
    const { waiting, templates } = scene();
    waiting.isAtTip = false;
    const interim = templates.first(tip, at(3), true);
    expect(interim.isInterim).to.equal(true);
    expect(templates.next(tip, interim, at(3)).isInterim).to.equal(false);
  });
});
