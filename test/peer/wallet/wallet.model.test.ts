/**
 * A wallet of two accounts through payments, blocks, reorganisations, lost pools and restarts,
 * against a twin that counts all coins anew from whole blocks.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import { historyOf } from '../../../peer/wallet/accountHistory.js';
import { payerOf } from '../../../peer/wallet/accountPayment.js';
import { discover } from '../../../peer/wallet/discovery.js';
import { emptyDocument, withoutPayments } from '../../../peer/wallet/document.js';
import { parseDocument, printDocument } from '../../../peer/wallet/documentJson.js';
import { watchedAddresses } from '../../../peer/wallet/holdings.js';
import { isLive } from '../../../peer/wallet/paymentState.js';
import {
  isCoinbase,
  outpointKey,
  type DecodedTransaction,
} from '../../../shared/consensus/transaction.js';
import type { AddressHash, Txid } from '../../../shared/units.js';
import { genesisCoin, makeNetwork, owner, pay, spend } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { must, Purse, SEED } from '../../support/purse.js';

const network = makeNetwork({ maturity: 2 });
const NAMES = ['Alice', 'Bob'] as const;
const GIFTS = 5;

type Action =
  | { readonly type: 'gift' | 'mine' | 'restart' | 'resend' | 'lose-pool' }
  | { readonly type: 'mine-to'; readonly who: number }
  | { readonly type: 'pay'; readonly who: number; readonly to: number; readonly amount: number }
  | { readonly type: 'keep-unsent'; readonly who: number; readonly amount: number }
  | { readonly type: 'reorganise'; readonly depth: number };

class World {
  readonly ledger = new PlainLedger(network);
  purse = new Purse(network, this.ledger, NAMES);
  #gifts = 0;

  constructor() {
    for (const type of ['gift', 'gift', 'mine'] as const) this.do({ type });
  }

  do(action: Action): void {
    switch (action.type) {
      case 'gift':
        if (this.#gifts < GIFTS) this.#gift(this.#gifts++);
        return;
      case 'mine':
        this.#mine(owner(1).address);
        return;
      case 'mine-to':
        this.#mine(this.purse.address(NAMES[action.who]));
        return;
      case 'pay': {
        const to = NAMES[action.to];
        const address = to === undefined ? owner(2).address : this.purse.address(to);
        const tx = this.#signed(action.who, address, action.amount);
        if (tx !== undefined) expect(this.ledger.submit(tx)).to.equal(true);
        return;
      }
      case 'keep-unsent':
        this.#signed(action.who, owner(2).address, action.amount);
        return;
      case 'reorganise':
        this.ledger.disconnect(Math.min(action.depth, this.ledger.height));
        return;
      case 'lose-pool':
        this.ledger.pool = [];
        return;
      case 'resend':
        for (const { tx, state } of this.purse.tracked) {
          if (state.type === 'unsent') this.ledger.submit(tx);
        }
        return;
      case 'restart':
        this.purse.document = must(parseDocument(printDocument(this.purse.document)));
    }
  }

  /** A payment of another person, from genesis. */
  #gift(i: number): void {
    const to = { ...pay(owner(0), 40_000), address: this.purse.address(NAMES[i % 2]) };
    this.ledger.submit(spend(network, { coins: [genesisCoin(network, i)], outputs: [to] }));
  }

  #mine(address: AddressHash): void {
    const waiting = this.ledger.pool.map(({ tx }) => tx);
    this.ledger.mine({ ...owner(0), address }, waiting);
  }

  /** Planned, signed and kept; `undefined` where there is not enough. */
  #signed(who: number, to: AddressHash, amount: number): DecodedTransaction | undefined {
    const name = NAMES[who] ?? 'Alice';
    let tx: DecodedTransaction;
    try {
      tx = this.purse.sign(to, amount, name);
    } catch (error) {
      expect(String(error)).to.contain('not-enough');
      const { spendable } = this.purse.balance(name);
      expect(spendable).to.be.below(amount + 10_000);
      return undefined;
    }
    this.#checkChoice(tx);
    this.purse.record(tx, name);
    expect(payerOf(this.purse.document, tx)?.name).to.equal(name);
    return tx;
  }

  /** No coin that another payment takes, none that is unripe or only on its way from others. */
  #checkChoice({ inputs }: DecodedTransaction): void {
    const { tracked, document } = this.purse;
    const taken = new Set(tracked.filter(isLive).flatMap(({ tx }) => tx.inputs.map(keyOf)));
    const own = new Set(document.payments.map(({ txid }) => txid));
    for (const input of inputs) {
      expect(taken.has(keyOf(input))).to.equal(false);
      const coin = this.#chainCoins().get(keyOf(input));
      if (coin === undefined) expect(own.has(input.txid)).to.equal(true);
      else expect(coin.isImmature).to.equal(false);
    }
  }

  check(): void {
    for (const name of NAMES) {
      const { confirmed, pending, immature } = this.purse.balance(name);
      expect({ confirmed, pending, immature }, name).to.deep.equal(this.#recount(name));
      this.#checkHistory(name, confirmed + pending + immature);
    }
    this.#checkRestored();
  }

  #recount(name: string) {
    const mine = new Set(watchedAddresses(this.purse.account(name)));
    const live = this.#live();
    const taken = new Set(live.flatMap(({ inputs }) => inputs.map(keyOf)));
    const sums = { confirmed: 0, pending: 0, immature: 0 };
    for (const [key, { address, amount, isImmature }] of this.#chainCoins()) {
      if (!mine.has(address) || taken.has(key)) continue;
      sums[isImmature ? 'immature' : 'confirmed'] += amount;
    }
    for (const { txid, outputs } of live) {
      for (const [index, { address, amount }] of outputs.entries()) {
        if (mine.has(address) && !taken.has(outpointKey(txid, index))) sums.pending += amount;
      }
    }
    return sums;
  }

  /** All that waits in the node, and the wallet's own that may be sent again. */
  #live(): readonly DecodedTransaction[] {
    const live = new Map(this.ledger.pool.map(({ tx }) => [tx.txid, tx]));
    for (const one of this.purse.tracked) if (isLive(one)) live.set(one.tx.txid, one.tx);
    return [...live.values()];
  }

  #chainCoins() {
    const coins = new Map<
      string,
      { readonly address: AddressHash; readonly amount: number; readonly isImmature: boolean }
    >();
    for (const [height, transactions] of this.ledger.blocks.entries()) {
      for (const tx of transactions) {
        for (const input of tx.inputs) coins.delete(keyOf(input));
        const isImmature =
          isCoinbase(tx) && height > 0 && this.ledger.height + 1 < height + this.ledger.maturity;
        for (const [index, { address, amount }] of tx.outputs.entries()) {
          coins.set(outpointKey(tx.txid, index), { address, amount, isImmature });
        }
      }
    }
    return coins;
  }

  /** All that came less all that went is what there is; only failed payments came to nothing. */
  #checkHistory(name: string, total: number): void {
    const addresses = watchedAddresses(this.purse.account(name));
    const rows = historyOf(addresses, { count: 10_000, before: undefined }, this.purse);
    expect(new Set(rows.map(({ txid }) => txid)).size).to.equal(rows.length);
    const moved = rows
      .filter(({ state }) => state !== 'failed')
      .reduce((sum, { received, spent }) => sum + received - spent, 0);
    expect(moved, name).to.equal(total);
  }

  /** Whoever has the words finds all that is in the chain. */
  #checkRestored(): void {
    const found = discover(emptyDocument(network.id), SEED, {
      ledger: this.ledger,
      nameOf: (number) => NAMES[number] ?? `other-${number}`,
    });
    const again = new Purse(network, this.ledger);
    again.document = found;
    const gone = new Set<Txid>(this.purse.tracked.map(({ made }) => made.txid));
    const before = this.purse.document;
    this.purse.document = withoutPayments(before, gone);
    for (const { name } of found.accounts) {
      expect(again.balance(name), `restored ${name}`).to.deep.equal(this.purse.balance(name));
    }
    const missed = NAMES.filter((name) => !found.accounts.some((one) => one.name === name));
    for (const name of missed) expect(this.purse.balance(name).confirmed).to.equal(0);
    this.purse.document = before;
  }
}

const keyOf = ({ txid, index }: { readonly txid: Txid; readonly index: number }): string =>
  outpointKey(txid, index);

const plain = (...types: ('gift' | 'mine' | 'restart' | 'resend' | 'lose-pool')[]) =>
  fc.constantFrom(...types).map((type): Action => ({ type }));
const who = fc.integer({ min: 0, max: 1 });
const amount = fc.integer({ min: 1, max: 20_000 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: plain('mine', 'mine', 'mine', 'gift') },
  plain('restart', 'resend', 'lose-pool'),
  who.map((one): Action => ({ type: 'mine-to', who: one })),
  {
    weight: 2,
    arbitrary: fc
      .record({ who, to: fc.integer({ min: 0, max: 2 }), amount })
      .map((one): Action => ({ type: 'pay', ...one })),
  },
  fc.record({ who, amount }).map((one): Action => ({ type: 'keep-unsent', ...one })),
  fc.integer({ min: 1, max: 4 }).map((depth): Action => ({ type: 'reorganise', depth })),
);

describe('wallet: a model', function () {
  this.timeout(120_000);

  it('agrees with a recount after whatever happens', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 25 }), (actions) => {
        const world = new World();
        for (const one of actions) {
          world.do(one);
          world.check();
        }
      }),
      { numRuns: 25 },
    );
  });
});
