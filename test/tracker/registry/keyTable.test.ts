import { expect } from 'chai';
import fc from 'fast-check';
import { sample, seededRng } from '../../../shared/rng.js';
import { KeyTable, NO_SLOT } from '../../../tracker/registry/keyTable.js';

const key = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 0xff, 7);

describe('tracker/registry/keyTable', () => {
  it('finds what was added and nothing else', () => {
    const table = new KeyTable(3, 1);
    const slot = table.add(key(5));
    expect(table.find(key(5))).to.equal(slot);
    expect(table.find(key(6))).to.equal(NO_SLOT);
    expect([...table.key(slot)]).to.deep.equal([...key(5)]);
  });

  it('uses a slot again after its key was removed', () => {
    const table = new KeyTable(3, 1);
    const slot = table.add(key(5));
    table.remove(slot);
    expect(table.find(key(5))).to.equal(NO_SLOT);
    expect(table.add(key(6))).to.equal(slot);
  });

  it('finds what is left when half of a crowded table was removed, in any order', () => {
    for (let seed = 0; seed < 50; seed++) {
      const table = new KeyTable(3, seed);
      // 128 places take 96 keys before the index grows.
      const slots = Array.from({ length: 96 }, (_, n) => table.add(key(n)));
      const order = sample(seededRng(seed), slots, 48);
      for (const slot of order) table.remove(slot);
      slots.forEach((slot, n) => {
        expect(table.find(key(n))).to.equal(order.includes(slot) ? NO_SLOT : slot);
      });
    }
  });

  it('answers as a Map does, whatever is added and removed', () => {
    const operation = fc.record({ n: fc.nat(300), adds: fc.boolean() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 600 }), fc.integer(), (operations, seed) => {
        const table = new KeyTable(3, seed);
        const twin = new Map<number, number>();
        for (const { n, adds } of operations) {
          const slot = twin.get(n);
          if (adds && slot === undefined) twin.set(n, table.add(key(n)));
          if (!adds && slot !== undefined) table.remove(slot);
          if (!adds) twin.delete(n);
        }
        expect(table.count).to.equal(twin.size);
        for (let n = 0; n <= 300; n++) expect(table.find(key(n))).to.equal(twin.get(n) ?? NO_SLOT);
        expect(new Set(twin.values()).size).to.equal(twin.size);
      }),
    );
  });
});
