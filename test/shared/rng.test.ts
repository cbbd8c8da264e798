import { expect } from 'chai';
import { sample, seededRng } from '../../shared/rng.js';

describe('shared/rng', () => {
  it('repeats itself from the same seed, and differs from another', () => {
    const draws = (seed: number): number[] => {
      const rng = seededRng(seed);
      return Array.from({ length: 20 }, () => rng.below(2 ** 32));
    };
    expect(draws(5)).to.deep.equal(draws(5));
    expect(draws(5)).not.to.deep.equal(draws(6));
    expect(draws(0).some((draw) => draw !== 0)).to.equal(true);
  });

  it('draws evenly within its bounds', () => {
    const rng = seededRng(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const draw = rng.below(10);
      counts[draw] = (counts[draw] ?? NaN) + 1;
    }
    for (const count of counts) expect(count).to.be.within(9500, 10_500);
    for (let i = 0; i < 1000; i++) expect(rng.float()).to.be.within(0, 1 - 2 ** -32);
  });

  it('samples distinct members, each equally often', () => {
    const rng = seededRng(2);
    const counts = new Map<number, number>();
    for (let i = 0; i < 10_000; i++) {
      const picked = sample(rng, [1, 2, 3, 4, 5], 2);
      expect(new Set(picked).size).to.equal(2);
      for (const one of picked) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    for (const one of [1, 2, 3, 4, 5]) expect(counts.get(one)).to.be.within(3800, 4200);
  });

  it('samples all when there are fewer, in some order, and leaves the pool alone', () => {
    const pool = [1, 2, 3];
    expect(sample(seededRng(3), pool, 10).sort()).to.deep.equal([1, 2, 3]);
    expect(pool).to.deep.equal([1, 2, 3]);
    expect(sample(seededRng(3), [], 10)).to.deep.equal([]);
  });
});
