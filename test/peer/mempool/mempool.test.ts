import { expect } from 'chai';
import { Mempool, type MempoolOptions } from '../../../peer/mempool/mempool.js';
import { CHAIN_MAX, REPLACED_MAX } from '../../../peer/mempool/newcomer.js';
import type { Coin } from '../../../peer/chain/store.js';
import { outpointKey, type DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { Amount, UnixSeconds } from '../../../shared/units.js';
import {
  ALLOCATION,
  coinOf,
  genesisCoin,
  makeNetwork,
  owner,
  pay,
  spend,
  type Spendable,
} from '../../support/blocks.js';

const network = makeNetwork();
const NOW = 1_800_000_000 as UnixSeconds;
const context = { height: 10, now: NOW };
const coin = (i: number): Spendable => genesisCoin(network, i);

/** A pool over the coins of genesis and `more`. */
function newPool(
  options: Partial<MempoolOptions> = {},
  more: ReadonlyMap<string, Coin> = new Map(),
) {
  const coins = new Map<string, Coin>(more);
  for (const i of [0, 1, 2, 3, 4]) {
    const {
      txid,
      index,
      amount,
      owner: { address },
    } = coin(i);
    coins.set(outpointKey(txid, index), { amount, address, height: 0, isCoinbase: true });
  }
  const pool = new Mempool({
    ...{ params: network.params, coin: (outpoint: string) => coins.get(outpoint) },
    ...{ feeRateMin: 1_000, bytesMax: 1_000_000, secondsMax: 1_000, ...options },
  });
  return { pool, coins };
}

/** Spends `from` to owner 5 in `count` equal coins, less `fee`. */
function tx(from: readonly Spendable[], fee: number, count = 1): DecodedTransaction {
  const sum = from.reduce((total, { amount }) => total + amount, 0);
  const each = Math.floor((sum - fee) / count);
  const outputs = Array.from({ length: count }, (_, i) =>
    pay(owner(5), i === 0 ? sum - fee - each * (count - 1) : each),
  );
  return spend(network, { coins: from, outputs });
}
const output = (of: DecodedTransaction, i = 0): Spendable => coinOf(of, i, owner(5));

/** The code of what becomes of it. */
function codeOf(pool: Mempool, one: DecodedTransaction, at = context): string {
  const checked = pool.check(one, at);
  const added = pool.add(one, at);
  if (added.ok) return checked.ok ? 'added' : expect.fail(checked.error.code);
  return added.error.code;
}

describe('mempool/mempool', () => {
  it('takes in what is right, once, and asks for a fee', () => {
    const { pool } = newPool();
    const first = tx([coin(0)], 5_000);
    expect(codeOf(pool, first)).to.equal('added');
    expect([pool.count, pool.bytes]).to.deep.equal([1, first.bytes.length]);
    expect(pool.get(first.txid)?.fee).to.equal(5_000);
    expect(codeOf(pool, first)).to.equal('already-waiting');
    const size = tx([coin(1)], 1).bytes.length;
    const cheap = pool.add(tx([coin(1)], size - 1), context);
    expect(cheap.ok ? '' : cheap.error).to.deep.equal({
      ...{ code: 'fee-too-low', needed: size, found: size - 1 },
    });
    expect(codeOf(pool, tx([coin(1)], size))).to.equal('added');
  });

  it('keeps the rules: coins that are there, ripe, of this owner and amount', () => {
    const { pool } = newPool();
    const parent = tx([coin(0)], 5_000);
    expect(codeOf(pool, tx([output(parent)], 5_000))).to.equal('missing-coin');
    const locked = spend(network, {
      ...{ coins: [coin(0)], outputs: [pay(owner(5), 5)], lockHeight: 11 },
    });
    expect(codeOf(pool, locked)).to.equal('locked');
    expect(codeOf(pool, locked, { ...context, height: 11 })).to.equal('added');
    const wrong = { ...coin(1), amount: (ALLOCATION - 1) as Amount };
    expect(codeOf(pool, tx([wrong], 5_000))).to.equal('wrong-amount');
    expect(codeOf(pool, tx([{ ...coin(1), owner: owner(7) }], 5_000))).to.equal('wrong-key');
  });

  it('lets a payment spend what another one makes that waits', () => {
    const { pool } = newPool();
    const parent = tx([coin(0)], 5_000, 2);
    const child = tx([output(parent), output(parent, 1)], 5_000);
    for (const one of [parent, child]) expect(codeOf(pool, one)).to.equal('added');
    expect(pool.get(child.txid)?.ancestors.count).to.equal(2);
    expect(pool.get(parent.txid)?.descendants.fees).to.equal(10_000);
  });

  it('knows whom one pays and whose coins it spends, each once', () => {
    const { pool } = newPool();
    const outputs = [pay(owner(2), 1_000), pay(owner(7), 1_000)];
    const one = spend(network, { coins: [coin(2), coin(3)], outputs });
    expect(codeOf(pool, one)).to.equal('added');
    const expected = [2, 3, 7].map((i) => owner(i).address);
    expect([...(pool.get(one.txid)?.addresses ?? [])]).to.have.members(expected);
    expect([...pool.entriesOf(owner(7).address)]).to.deep.equal([pool.get(one.txid)]);
  });

  it('believes a check until the tip moves, and never about what others make that wait', () => {
    const { pool, coins } = newPool();
    const [one, two] = [tx([coin(0)], 5_000), tx([coin(1)], 5_000)];
    const [checkedOne, checkedTwo] = [pool.check(one, context), pool.check(two, context)];
    if (!checkedOne.ok || !checkedTwo.ok) return expect.fail('both are right');
    coins.clear();
    expect(pool.add(one, context, { checked: checkedOne.value }).ok).to.equal(true);
    pool.onTip();
    const late = pool.add(two, context, { checked: checkedTwo.value });
    expect(late.ok ? '' : late.error.code).to.equal('missing-coin');
    const child = tx([output(one)], 5_000);
    const checkedChild = pool.check(child, context);
    pool.onConnected([tx([coin(0)], 9_000)]);
    if (!checkedChild.ok) return expect.fail('it is right');
    const orphan = pool.add(child, context, { checked: checkedChild.value });
    expect(orphan.ok ? '' : orphan.error.code).to.equal('missing-coin');
  });

  it('replaces by fee: all that goes is paid for, and the own way', () => {
    const { pool } = newPool();
    const first = tx([coin(0)], 5_000);
    const child = tx([output(first)], 7_000);
    const size = first.bytes.length;
    for (const one of [first, child]) expect(codeOf(pool, one)).to.equal('added');
    const needed = 12_000 + size;
    const poor = pool.add(tx([coin(0)], needed - 1), context);
    expect(poor.ok ? '' : poor.error).to.deep.equal({
      ...{ code: 'conflict', others: [first.txid], needed, found: needed - 1 },
    });
    const rich = tx([coin(0)], needed);
    const added = pool.add(rich, context);
    const gone = added.ok ? added.value.replaced.map((one) => one.tx.txid) : [];
    expect(gone).to.have.members([first.txid, child.txid]);
    expect([pool.count, pool.get(rich.txid)?.fee]).to.deep.equal([1, needed]);
  });

  it('replaces nothing that pays a higher rate, and not what it spends itself', () => {
    const { pool } = newPool();
    const small = tx([coin(0)], 9_000);
    expect(codeOf(pool, small)).to.equal('added');
    const large = tx([coin(0), coin(1)], 9_000 + 2_000, 20);
    expect(large.bytes.length).to.be.above(2 * small.bytes.length);
    expect(codeOf(pool, large)).to.equal('conflict');
    const both = tx([coin(0), output(small)], 500_000);
    expect(codeOf(pool, both)).to.equal('spends-what-it-replaces');
  });

  it('holds chains of 25, also where one end is replaced', () => {
    const { pool } = newPool();
    let last = tx([coin(0)], 5_000);
    const chain = [last];
    while (chain.length < CHAIN_MAX) chain.push((last = tx([output(last)], 5_000)));
    for (const one of chain) expect(codeOf(pool, one)).to.equal('added');
    expect(codeOf(pool, tx([output(last)], 5_000))).to.equal('chain-too-long');
    const before = chain.at(-2) ?? expect.fail();
    expect(codeOf(pool, tx([output(before)], 20_000))).to.equal('added');
    const wide = newPool().pool;
    const many = tx([coin(1)], 100_000, CHAIN_MAX);
    expect(codeOf(wide, many)).to.equal('added');
    const codes = Array.from({ length: CHAIN_MAX }, (_, i) =>
      codeOf(wide, tx([output(many, i)], 5_000)),
    );
    expect(codes.filter((code) => code === 'added')).to.have.length(CHAIN_MAX - 1);
    expect(codes.at(-1)).to.equal('chain-too-long');
  });

  it('replaces no more than a hundred', () => {
    const { pool } = newPool();
    const parts = [0, 1, 2, 3, 4].map((i) => tx([coin(i)], 20_000, 24));
    for (const part of parts) {
      expect(codeOf(pool, part)).to.equal('added');
      for (let i = 0; i < 24; i++) codeOf(pool, tx([output(part, i)], 300));
    }
    expect(pool.count).to.be.above(REPLACED_MAX);
    const all = tx([0, 1, 2, 3, 4].map(coin), 4_000_000);
    expect(codeOf(pool, all)).to.equal('replaces-too-many');
  });

  it('lets go of who pays least with all that needs it when it is full, and asks for more', () => {
    const cheap = tx([coin(0)], 1_000, 2);
    const child = tx([output(cheap)], 300);
    const good = tx([coin(1)], 9_000);
    const size = [cheap, child, good].reduce((sum, { bytes }) => sum + bytes.length, 0);
    const { pool } = newPool({ bytesMax: size });
    for (const one of [cheap, child, good]) expect(codeOf(pool, one)).to.equal('added');
    const added = pool.add(tx([coin(2)], 8_000), context);
    const evicted = added.ok ? added.value.evicted.map((one) => one.tx.txid) : [];
    expect(evicted).to.include(child.txid);
    expect(pool.bytes).to.be.at.most(size);
    const floor = pool.feeRateMin(NOW);
    expect(floor).to.be.above(1_000 + 1_000);
    expect(codeOf(pool, tx([coin(3)], 200))).to.equal('fee-too-low');
    const later = (NOW + 12 * 3_600) as UnixSeconds;
    expect(pool.feeRateMin(later)).to.be.closeTo(floor / 2, 1);
    expect(pool.feeRateMin((NOW + 400 * 3_600) as UnixSeconds)).to.equal(1_000);
  });

  it('refuses what would have to go at once', () => {
    const good = tx([coin(1)], 9_000);
    const { pool } = newPool({ bytesMax: good.bytes.length + 10 });
    expect(codeOf(pool, good)).to.equal('added');
    expect(codeOf(pool, tx([coin(2)], 1_000))).to.equal('pool-full');
    expect([pool.count, pool.get(good.txid)?.fee]).to.deep.equal([1, 9_000]);
  });

  it('leaves what it would have replaced where it was when it has to go itself', () => {
    const [first, good] = [tx([coin(0)], 2_000), tx([coin(1)], 90_000)];
    const child = tx([output(first)], 2_000);
    const size = [first, child, good].reduce((sum, { bytes }) => sum + bytes.length, 0);
    const { pool } = newPool({ bytesMax: size });
    for (const one of [first, child, good]) expect(codeOf(pool, one)).to.equal('added');
    const large = tx([coin(0)], 15_000, 40);
    expect(large.bytes.length).to.be.above(first.bytes.length + child.bytes.length);
    const added = pool.add(large, context);
    expect(added.ok ? '' : added.error.code).to.equal('pool-full');
    expect([...pool.entries()].map((one) => one.tx.txid)).to.have.members([
      ...[first.txid, child.txid, good.txid],
    ]);
    expect(pool.get(child.txid)?.ancestors.count).to.equal(2);
    expect(pool.get(first.txid)?.descendants.count).to.equal(2);
  });

  it('follows the chain: what a block holds goes, and what spends the same', () => {
    const { pool, coins } = newPool();
    const parent = tx([coin(0)], 5_000);
    const child = tx([output(parent)], 5_000);
    const rival = tx([coin(1)], 5_000);
    const after = tx([output(rival)], 5_000);
    for (const one of [parent, child, rival, after]) expect(codeOf(pool, one)).to.equal('added');
    const other = tx([coin(1)], 6_000);
    for (const i of [0, 1]) coins.delete(outpointKey(coin(i).txid, coin(i).index));
    const gone = pool.onConnected([parent, other]);
    expect(gone.map((one) => one.tx.txid)).to.have.members([rival.txid, after.txid]);
    expect([...pool.entries()].map((one) => one.tx.txid)).to.deep.equal([child.txid]);
    expect(pool.get(child.txid)?.ancestors.count).to.equal(1);
    // The block is undone: its payments wait again, and the child hangs on its parent.
    for (const i of [0, 1]) {
      const {
        txid,
        index,
        amount,
        owner: { address },
      } = coin(i);
      coins.set(outpointKey(txid, index), { amount, address, height: 0, isCoinbase: true });
    }
    expect(pool.onReorganised([parent, other], context)).to.deep.equal([]);
    expect(pool.count).to.equal(3);
    expect(pool.get(child.txid)?.ancestors.count).to.equal(2);
    expect(pool.get(parent.txid)?.descendants.count).to.equal(2);
  });

  it('lets go of what a reorganisation makes wrong', () => {
    const { maturity } = network.params;
    const mined = { ...coin(4), index: 77 };
    const name = outpointKey(mined.txid, mined.index);
    const found = { amount: mined.amount, address: mined.owner.address, isCoinbase: true };
    const { pool, coins } = newPool({}, new Map([[name, { ...found, height: 5 }]]));
    const ripe = { height: 5 + maturity, now: NOW };
    const spending = tx([mined], 5_000);
    expect(codeOf(pool, spending, { ...ripe, height: ripe.height - 1 })).to.equal('immature-coin');
    expect(codeOf(pool, spending, ripe)).to.equal('added');
    const child = tx([output(spending)], 5_000);
    expect(codeOf(pool, child, ripe)).to.equal('added');
    const gone = pool.onReorganised([], { ...ripe, height: ripe.height - 1 });
    expect(gone).to.have.length(2);
    // The coin is of a coinbase that is gone.
    expect(codeOf(pool, spending, ripe)).to.equal('added');
    coins.delete(name);
    expect(pool.onReorganised([], ripe)).to.have.length(1);
    expect(pool.count).to.equal(0);
  });

  it('forgets what has waited too long, with what needs it', () => {
    const { pool } = newPool();
    const old = tx([coin(0)], 5_000);
    expect(codeOf(pool, old)).to.equal('added');
    const later = { ...context, now: (NOW + 900) as UnixSeconds };
    expect(codeOf(pool, tx([output(old)], 5_000), later)).to.equal('added');
    expect(codeOf(pool, tx([coin(1)], 5_000), later)).to.equal('added');
    expect(pool.expire((NOW + 1_000) as UnixSeconds)).to.deep.equal([]);
    expect(pool.expire((NOW + 1_001) as UnixSeconds)).to.have.length(2);
    expect(pool.count).to.equal(1);
  });
});
