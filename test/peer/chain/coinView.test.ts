import { expect } from 'chai';
import fc from 'fast-check';
import { CoinView } from '../../../peer/chain/coinView.js';
import type { Coin } from '../../../peer/chain/store.js';
import type { AddressHash, Amount } from '../../../shared/units.js';

const coin = (amount: number): Coin => ({
  amount: amount as Amount,
  address: '00'.repeat(20) as AddressHash,
  height: amount,
  isCoinbase: false,
});

/** A view over a map that takes what the view hands over, and the number of writes so far. */
function viewOver(stored: Map<string, Coin>): { view: CoinView; flush: () => number } {
  const view = new CoinView((outpoint) => stored.get(outpoint));
  const flush = (): number => {
    const { created, spent } = view.take();
    for (const outpoint of spent) stored.delete(outpoint);
    for (const [outpoint, made] of created) stored.set(outpoint, made);
    return created.size + spent.size;
  };
  return { view, flush };
}

const operations = fc.array(fc.tuple(fc.constantFrom('toggle', 'flush'), fc.nat(4), fc.nat(99)));

describe('chain/coinView', () => {
  it('agrees with a plain map whatever is added, removed and handed over', () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const stored = new Map<string, Coin>();
        const { view, flush } = viewOver(stored);
        const twin = new Map<string, Coin>();
        for (const [kind, key, amount] of steps) {
          const outpoint = `coin ${String(key)}`;
          if (kind === 'flush') {
            flush();
            expect(stored).to.deep.equal(twin);
          } else if (twin.delete(outpoint)) {
            view.remove(outpoint);
          } else {
            twin.set(outpoint, coin(amount));
            view.add(outpoint, coin(amount));
          }
          expect(view.coin(outpoint)).to.deep.equal(twin.get(outpoint));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never hands over a coin that was made and spent in between', () => {
    const { view, flush } = viewOver(new Map());
    for (let i = 0; i < 100; i++) {
      view.add(`coin ${String(i)}`, coin(i));
      view.remove(`coin ${String(i)}`);
    }
    view.add('last', coin(1));
    expect(flush()).to.equal(1);
  });

  it('looks for a coin in the store once, until it is spent', () => {
    const stored = new Map([['old', coin(1)]]);
    const read: string[] = [];
    const view = new CoinView((outpoint) => {
      read.push(outpoint);
      return stored.get(outpoint);
    });
    for (let i = 0; i < 3; i++) expect(view.coin('old')).to.deep.equal(coin(1));
    expect(read).to.deep.equal(['old']);
    view.remove('old');
    expect(view.coin('old')).to.equal(undefined);
    for (const outpoint of view.take().spent) stored.delete(outpoint);
    expect(view.coin('old')).to.equal(undefined);
    for (let i = 0; i < 2; i++) view.coin('never there');
    expect(read).to.deep.equal(['old', 'old', 'never there', 'never there']);
  });

  it('remembers 20,000 of the store', () => {
    let reads = 0;
    const view = new CoinView(() => {
      reads++;
      return coin(1);
    });
    for (let i = 0; i <= 20_000; i++) view.coin(`coin ${String(i)}`);
    view.coin('coin 20000');
    expect(reads).to.equal(20_001);
    view.coin('coin 0');
    expect(reads).to.equal(20_002);
  });

  it('counts what waits to be handed over', () => {
    const stored = new Map([['old', coin(1)]]);
    const { view, flush } = viewOver(stored);
    view.remove('old');
    view.add('new', coin(2));
    expect(view.changeCount).to.equal(2);
    flush();
    expect(view.changeCount).to.equal(0);
    expect([...stored.keys()]).to.deep.equal(['new']);
  });
});
