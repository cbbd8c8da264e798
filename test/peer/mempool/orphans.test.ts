import { expect } from 'chai';
import fc from 'fast-check';
import {
  ORPHAN_BYTES_MAX,
  ORPHAN_MS,
  Orphans,
  ORPHANS_MAX,
  type Orphan,
} from '../../../peer/mempool/orphans.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { MonoMs, Txid, Wtxid } from '../../../shared/units.js';

const hash = (n: number): string => n.toString(16).padStart(64, '0');
/** A transaction of `size` bytes, of which only name and size count here. */
const tx = (n: number, size = 200): DecodedTransaction =>
  ({ txid: hash(n), wtxid: hash(n), bytes: new Uint8Array(size) }) as unknown as DecodedTransaction;
const at = (ms: number): MonoMs => ms as MonoMs;
const parent = (n: number): Txid => hash(1_000_000 + n) as Txid;
const names = (orphans: readonly Orphan<string>[]): string[] => orphans.map((one) => one.tx.wtxid);

describe('mempool/orphans', () => {
  it('gives back those that wait for a parent, in their order, once', () => {
    const orphans = new Orphans<string>();
    for (const n of [3, 1, 2]) orphans.add(tx(n), ['a'], parent(0), at(0));
    orphans.add(tx(4), ['a'], parent(1), at(0));
    expect(names(orphans.takeChildren(parent(0)))).to.deep.equal([hash(3), hash(1), hash(2)]);
    expect(orphans.takeChildren(parent(0))).to.deep.equal([]);
    expect([orphans.count, orphans.has(hash(4) as Wtxid)]).to.deep.equal([1, true]);
  });

  it('lets a giver push out only its own oldest: by count, and by bytes', () => {
    const orphans = new Orphans<string>();
    orphans.add(tx(0), ['honest'], parent(0), at(0));
    for (let n = 1; n <= ORPHANS_MAX; n++) {
      expect(orphans.add(tx(n), ['flood'], parent(n), at(0))).to.deep.equal([]);
    }
    expect(names(orphans.add(tx(900), ['flood'], parent(0), at(0)))).to.deep.equal([hash(1)]);
    expect(orphans.has(hash(0) as Wtxid)).to.equal(true);
    const large = new Orphans<string>();
    for (let n = 0; n < 8; n++) large.add(tx(n, 100_000), ['a'], parent(0), at(0));
    expect(large.count * 100_000).to.equal(ORPHAN_BYTES_MAX);
  });

  it('gives up after a minute, and knows when', () => {
    const orphans = new Orphans<string>();
    expect(orphans.expiresAt).to.equal(undefined);
    orphans.add(tx(1), ['a'], parent(0), at(0));
    orphans.add(tx(2), ['b'], parent(0), at(10));
    expect(orphans.expiresAt).to.equal(ORPHAN_MS);
    expect(orphans.takeExpired(at(ORPHAN_MS - 1))).to.deep.equal([]);
    expect(names(orphans.takeExpired(at(ORPHAN_MS)))).to.deep.equal([hash(1)]);
    expect(orphans.expiresAt).to.equal(ORPHAN_MS + 10);
  });

  it('lets those of a giver go with it', () => {
    const orphans = new Orphans<string>();
    for (let n = 0; n < 6; n++) orphans.add(tx(n), [n % 2 === 0 ? 'a' : 'b'], parent(0), at(0));
    orphans.takeOf('a');
    expect(names(orphans.takeChildren(parent(0)))).to.deep.equal([hash(1), hash(3), hash(5)]);
  });

  it('keeps what two have until both are gone, and counts it for both', () => {
    const orphans = new Orphans<string>();
    orphans.add(tx(0), ['liar'], parent(0), at(0));
    orphans.addGiver(hash(0) as Wtxid, 'honest');
    orphans.addGiver(hash(7) as Wtxid, 'honest');
    for (let n = 1; n <= ORPHANS_MAX; n++) orphans.add(tx(n), ['liar'], parent(1), at(0));
    expect(orphans.takeOf('liar')).to.have.length(ORPHANS_MAX);
    expect(orphans.has(hash(0) as Wtxid)).to.equal(true);
    for (let n = 1; n <= ORPHANS_MAX; n++) orphans.add(tx(n), ['honest'], parent(1), at(0));
    expect([orphans.count, orphans.has(hash(0) as Wtxid)]).to.deep.equal([ORPHANS_MAX, false]);
  });

  it('is what a list would be', () => {
    const giver = fc.constantFrom('a', 'b');
    const step = fc.record({
      what: fc.constantFrom('add', 'announced', 'children', 'gone', 'time'),
      n: fc.nat(30),
      giver,
      other: giver,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const orphans = new Orphans<string>();
        let list: { name: string; givers: string[]; parent: Txid; until: number }[] = [];
        const cut = (keep: (one: (typeof list)[number]) => boolean): string[] => {
          const gone = list.filter((one) => !keep(one));
          list = list.filter(keep);
          return gone.map(({ name }) => name);
        };
        let now = 0;
        for (const { what, n, giver, other } of steps) {
          const of = parent(n % 3);
          if (what === 'add' && !orphans.has(hash(n) as Wtxid)) {
            orphans.add(tx(n), [giver, other], of, at(now));
            list.push({
              name: hash(n),
              givers: [giver, other],
              parent: of,
              until: now + ORPHAN_MS,
            });
          }
          if (what === 'announced') {
            orphans.addGiver(hash(n) as Wtxid, giver);
            list.find(({ name }) => name === hash(n))?.givers.push(giver);
          }
          if (what === 'children') {
            expect(names(orphans.takeChildren(of))).to.deep.equal(cut((one) => one.parent !== of));
          }
          if (what === 'gone') {
            for (const one of list) one.givers = one.givers.filter((name) => name !== giver);
            const gone = names(orphans.takeOf(giver));
            expect(gone).to.have.members(cut(({ givers }) => givers.length > 0));
          }
          if (what === 'time') {
            now += 7_000;
            const expired = names(orphans.takeExpired(at(now)));
            expect(expired).to.deep.equal(cut(({ until }) => now < until));
          }
          expect(orphans.count).to.equal(list.length);
        }
      }),
    );
  });
});
