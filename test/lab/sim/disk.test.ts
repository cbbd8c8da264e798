import { expect } from 'chai';
import { Disk } from '../../../lab/sim/disk.js';
import { Chain } from '../../../peer/chain/chain.js';
import { Trouble } from '../../../shared/io/trouble.js';
import type { Rng } from '../../../shared/rng.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { feed } from '../../support/chains.js';

const network = makeNetwork();
const blocks = nextBlocks(network, genesisOf(network), 40);
const PAGE_BYTES = 4_096;

/** Cuts at this place. */
const cutAt = (bytes: number): Rng => ({ below: () => bytes - 1 }) as unknown as Rng;

/** A disk with so many blocks, and nothing of them safe from a loss of power yet. */
function filled(count = blocks.length): Disk {
  const disk = new Disk(network);
  const store = disk.open();
  feed(new Chain(network, store), store, blocks.slice(0, count));
  return disk;
}

const heightOf = (disk: Disk): number => new Chain(network, disk.open()).tip.height;

describe('sim/disk', () => {
  it('is refused wherever its file was cut, also inside its last page', () => {
    const { length } = filled().bytes();
    const cuts = [length - 1, length - 100, length - PAGE_BYTES + 1, length - PAGE_BYTES];
    for (const at of [...cuts, PAGE_BYTES + 7, 200, 1]) {
      const disk = filled();
      expect(disk.isDamaged).to.equal(false);
      disk.tear(cutAt(at));
      expect(disk.isDamaged).to.equal(true);
      try {
        disk.open();
        expect.fail(`a file cut at ${String(at)} was taken`);
      } catch (error) {
        expect(error instanceof Trouble && error.code, String(at)).to.equal('chain-damaged');
      }
    }
  });

  it('goes back to what was safe when the power is lost, and keeps it when a program dies', () => {
    const disk = filled(10);
    disk.sync();
    const store = disk.open();
    feed(new Chain(network, store), store, blocks.slice(10));
    expect(heightOf(disk)).to.equal(40);
    disk.losePower();
    expect([heightOf(disk), disk.isDamaged]).to.deep.equal([10, false]);
  });

  it('is whole again, and empty, when the operator begins anew', () => {
    const disk = filled();
    disk.tear(cutAt(300));
    disk.wipe();
    expect([heightOf(disk), disk.isDamaged]).to.deep.equal([0, false]);
  });

  it('stays damaged over a loss of power when the damage was safe already', () => {
    const disk = filled();
    disk.tear(cutAt(300));
    disk.sync();
    disk.losePower();
    expect(disk.isDamaged).to.equal(true);
  });
});
