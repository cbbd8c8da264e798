import { expect } from 'chai';
import {
  isLive,
  SETTLED_CONFIRMATIONS,
  settledPayments,
} from '../../../peer/wallet/paymentState.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import { makeNetwork, owner, pay, spend } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { Purse } from '../../support/purse.js';
import { AccountKeys } from '../../../peer/wallet/accountKeys.js';
import { SEED } from '../../support/purse.js';

const network = makeNetwork();

/** A purse with one mined coin that may be spent. */
function funded(): { purse: Purse; ledger: PlainLedger } {
  const ledger = new PlainLedger(network);
  const purse = new Purse(network, ledger);
  ledger.mine({ ...owner(3), address: purse.address() });
  for (let i = 0; i < network.params.maturity; i++) ledger.mine(owner(1));
  return { purse, ledger };
}

const stateOf = (purse: Purse, i = 0) => purse.tracked[i]?.state;

/** Another transaction for the only coin, signed with the same key on another computer. */
function rival({ purse, ledger }: ReturnType<typeof funded>): DecodedTransaction {
  const pair = new AccountKeys(SEED, 0).keyPair('receive', 0);
  const [coin] = ledger.coins(pair.address);
  if (coin === undefined) throw new Error('no coin');
  const outputs = [pay(owner(8), 1_000)];
  return spend(purse.network, { coins: [{ ...coin, owner: pair }], outputs });
}

describe('wallet/paymentState', () => {
  it('follows a payment from its signing into the chain', () => {
    const { purse, ledger } = funded();
    const tx = purse.sign(owner(2).address, 100);
    purse.record(tx);
    expect(stateOf(purse)).to.deep.equal({ type: 'unsent' });
    ledger.submit(tx);
    expect(stateOf(purse)).to.deep.equal({ type: 'waiting' });
    ledger.mine(owner(1), [tx]);
    expect(stateOf(purse)).to.deep.equal({ type: 'confirmed', confirmations: 1 });
    for (let i = 2; i <= SETTLED_CONFIRMATIONS; i++) {
      expect(settledPayments(purse.tracked).size).to.equal(0);
      ledger.mine(owner(1));
    }
    expect([...settledPayments(purse.tracked)]).to.deep.equal([tx.txid]);
  });

  it('reads the coins of an address once, however many payments spend from it', () => {
    const { purse, ledger } = funded();
    const to = { ...owner(3), address: purse.address() };
    for (let i = 0; i < 3; i++) ledger.mine(to);
    for (let i = 0; i < network.params.maturity; i++) ledger.mine(owner(1));
    for (let i = 0; i < 3; i++) purse.record(purse.sign(owner(2).address, 100));
    let reads = 0;
    ledger.onCoins = (address) => {
      if (address === to.address) reads++;
    };
    expect(purse.tracked.map(({ state }) => state.type)).to.deep.equal([
      'unsent',
      'unsent',
      'unsent',
    ]);
    expect(reads).to.equal(1);
  });

  it('follows a reorganisation back', () => {
    const { purse, ledger } = funded();
    const tx = purse.send(owner(2).address, 100);
    ledger.mine(owner(1), [tx]);
    ledger.disconnect(1);
    expect(stateOf(purse)).to.deep.equal({ type: 'waiting' });
    ledger.pool = [];
    expect(stateOf(purse)).to.deep.equal({ type: 'unsent' });
  });

  it('fails when another transaction takes its coin, in the chain or waiting for it', () => {
    const world = funded();
    const { purse, ledger } = world;
    const tx = purse.sign(owner(2).address, 100);
    purse.record(tx);
    const other = rival(world);
    ledger.submit(other);
    expect(stateOf(purse)?.type).to.equal('failed');
    ledger.pool = [];
    expect(stateOf(purse)?.type).to.equal('unsent');
    ledger.mine(owner(1), [other]);
    const [input] = tx.inputs;
    expect(stateOf(purse)).to.deep.equal({
      ...{ type: 'failed', outpoint: `${input?.txid ?? ''}00000000` },
    });
    expect(purse.tracked.filter(isLive)).to.deep.equal([]);
    ledger.disconnect(1);
    ledger.pool = [];
    expect(stateOf(purse)?.type).to.equal('unsent');
  });

  it('calls nothing failed while the index is behind the tip', () => {
    const world = funded();
    const { purse, ledger } = world;
    purse.record(purse.sign(owner(2).address, 100));
    ledger.mine(owner(1), [rival(world)]);
    ledger.isCurrent = false;
    expect(stateOf(purse)).to.deep.equal({ type: 'unsent' });
  });

  it('fails with the payment whose change it spends', () => {
    const world = funded();
    const { purse, ledger } = world;
    const first = purse.send(owner(2).address, 100);
    const second = purse.sign(owner(2).address, 100);
    purse.record(second);
    expect(second.inputs[0]?.txid).to.equal(first.txid);
    expect([stateOf(purse)?.type, stateOf(purse, 1)?.type]).to.deep.equal(['waiting', 'unsent']);
    ledger.pool = [];
    expect(stateOf(purse, 1)?.type).to.equal('unsent');
    ledger.mine(owner(1), [rival(world)]);
    expect([stateOf(purse)?.type, stateOf(purse, 1)?.type]).to.deep.equal(['failed', 'failed']);
  });
});
