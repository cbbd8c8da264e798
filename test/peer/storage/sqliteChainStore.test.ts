import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import type { ChainStore, Coin } from '../../../peer/chain/store.js';
import { openStore } from '../../../peer/storage/openStore.js';
import { SqliteChainStore } from '../../../peer/storage/sqliteChainStore.js';
import { Trouble } from '../../../shared/io/trouble.js';
import type { AddressHash, Amount, BlockHash } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { accept, feed, LATE, memoryStore, settle } from '../../support/chains.js';
import { failingStore } from '../../../lab/sim/failingStore.js';
import { inFolder } from '../../support/folders.js';

const network = makeNetwork();

const coin = (amount: number): Coin => ({
  amount: amount as Amount,
  address: '5a'.repeat(20) as AddressHash,
  height: 3,
  isCoinbase: true,
});
const key = (n: number): string => n.toString(16).padStart(72, '0');
const hash = (digit: string): BlockHash => digit.repeat(64) as BlockHash;

describe('storage/sqliteChainStore', () => {
  it('gives back what was put', () => {
    const store = memoryStore(network);
    expect([...store.headers()]).to.deep.equal([]);
    expect(store.state()).to.equal(undefined);
    store.putHeader(0, new Uint8Array(80).fill(1));
    store.putHeader(1, new Uint8Array(80).fill(2));
    store.setStatus(1, 'connected');
    store.putBody(1, Uint8Array.of(1, 2, 3));
    store.putUndo(1, Uint8Array.of(4));
    const [first, second] = [...store.headers()];
    expect(first).to.deep.equal({
      id: 0,
      bytes: Buffer.alloc(80, 1),
      status: 'unproven',
      hasBody: false,
    });
    expect(second).to.deep.include({ id: 1, status: 'connected', hasBody: true });
    expect(store.body(1)).to.deep.equal(Buffer.of(1, 2, 3));
    expect(store.undo(1)).to.deep.equal(Buffer.of(4));
    expect([store.body(0), store.undo(0)]).to.deep.equal([undefined, undefined]);
    store.putBody(1, Uint8Array.of(9));
    expect(store.body(1)).to.deep.equal(Buffer.of(9));
  });

  it('keeps the state, with and without a target', () => {
    const store = memoryStore(network);
    for (const target of [undefined, hash('c')]) {
      const state = { tip: hash('a'), position: hash('b'), target };
      store.setState(state);
      expect(store.state()).to.deep.equal(state);
    }
  });

  it('takes spent coins away, then adds and replaces', () => {
    const store = memoryStore(network);
    const write = (created: readonly number[], spent: readonly number[], amount = 1): void => {
      store.writeCoins({
        created: new Map(created.map((n) => [key(n), coin(amount)])),
        spent: new Set(spent.map(key)),
      });
    };
    write([1, 2, 3], []);
    write([3, 4], [1, 3, 77], 2);
    const amounts = [...store.coins()].map(([outpoint, { amount }]) => [outpoint, amount]);
    expect(amounts).to.deep.equal([
      [key(2), 1],
      [key(3), 2],
      [key(4), 2],
    ]);
    expect(store.coin(key(4))).to.deep.equal(coin(2));
    expect(store.coin(key(1))).to.equal(undefined);
  });

  it('commits a step as a whole or not at all, nested steps with their outer one', () => {
    const store = memoryStore(network);
    expect(() =>
      store.atomically(() => {
        store.putUndo(1, Uint8Array.of(1));
        store.atomically(() => {
          store.putUndo(2, Uint8Array.of(2));
        });
        throw new Error('bug');
      }),
    ).to.throw('bug');
    expect([store.undo(1), store.undo(2)]).to.deep.equal([undefined, undefined]);
    const result = store.atomically(() => {
      store.putUndo(1, Uint8Array.of(1));
      return 7;
    });
    expect([result, store.undo(1)]).to.deep.equal([7, Buffer.of(1)]);
  });

  it('lets a second connection read what was committed, and only that', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const { store } = openStore(path, network);
      const reader = openStore(path, network).store;
      store.atomically(() => {
        store.putUndo(1, Uint8Array.of(1));
        expect(reader.undo(1)).to.equal(undefined);
      });
      expect(reader.undo(1)).to.deep.equal(Buffer.of(1));
      reader.close();
      store.close();
    });
  });

  it('lets a few new headers wait for the next step that writes, in their order', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const { store } = openStore(path, network);
      const reader = openStore(path, network).store;
      const stored = (): readonly number[] => Array.from(reader.headers(), ({ id }) => id);
      const bytes = (n: number): Uint8Array => new Uint8Array(80).fill(n);
      store.putHeader(0, bytes(0));
      store.putHeader(1, bytes(1));
      expect(stored()).to.deep.equal([]);
      expect(() => {
        store.atomically(() => {
          store.putHeader(2, bytes(2));
          throw new Error('bug');
        });
      }).to.throw('bug');
      expect(Array.from(store.headers())).to.deep.equal([]);
      store.putHeader(0, bytes(0));
      store.putHeader(1, bytes(1));
      store.putBody(1, Uint8Array.of(1));
      expect(stored()).to.deep.equal([0, 1]);
      expect([...reader.headers()][1]).to.deep.include({ status: 'unproven', hasBody: true });
      store.putHeader(2, bytes(2));
      store.putHeader(3, bytes(3));
      store.setStatus(2, 'invalid');
      expect(Array.from(reader.headers(), ({ status }) => status)[2]).to.equal('invalid');
      expect(stored()).to.deep.equal([0, 1, 2, 3]);
      for (let id = 4; id < 21; id++) store.putHeader(id, bytes(id));
      expect(stored()).to.have.length(21);
      store.putHeader(21, bytes(21));
      expect(Array.from(store.headers())).to.have.length(22);
      store.putHeader(22, bytes(22));
      store.close();
      expect(stored()).to.have.length(23);
      reader.close();
    });
  });

  it('changes its pace without losing anything', () => {
    const store = memoryStore(network);
    store.atomically(() => {
      store.setPace('sync');
      store.putUndo(1, Uint8Array.of(1));
      store.setPace('tip');
    });
    expect(store.undo(1)).to.deep.equal(Buffer.of(1));
  });

  it('says that the disk is full, and keeps the last whole step', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      openStore(path, network).store.close();
      const database = new Database(path);
      database.pragma('max_page_count = 40');
      const store = new SqliteChainStore(database, path);
      const chain = new Chain(network, store);
      const blocks = nextBlocks(network, genesisOf(network), 600);
      let stored = 0;
      const fill = (): void => {
        for (; stored < blocks.length; stored++) {
          accept(chain, store, blocks[stored]?.bytes ?? expect.fail());
          settle(chain, store);
        }
      };
      expect(fill).to.throw(Trouble).with.property('code', 'disk-full');
      store.close();
      const again = openStore(path, network).store;
      const resumed = new Chain(network, again);
      expect(resumed.tip.height).to.be.within(stored - 1, stored);
      feed(resumed, again, blocks.slice(resumed.tip.height));
      expect(resumed.tip.height).to.equal(600);
      again.close();
    });
  });
});

describe('storage/sqliteChainStore: a write that fails', () => {
  const left = nextBlocks(network, genesisOf(network), 4);
  const right = nextBlocks(network, genesisOf(network), 6, { extraNonce: 1 });

  /** Gives all blocks, one step each, until a write fails; `true` when none did. */
  function run(store: ChainStore): boolean {
    try {
      const chain = new Chain(network, store, { coinChangesMax: 2 });
      for (const { bytes } of [...left, ...right]) {
        store.atomically(() => chain.acceptBlock(bytes, LATE));
        for (let i = 0; i < 3; i++) store.atomically(() => chain.advance(1));
      }
      settle(chain, store);
      return true;
    } catch (error) {
      expect(error).to.be.instanceOf(Trouble);
      return false;
    }
  }

  it('leaves a store that goes on, whichever write it is', () => {
    let n = 0;
    for (; ; n++) {
      const store = memoryStore(network);
      const isDone = run(failingStore(store, n));
      expect(run(store)).to.equal(true);
      const chain = new Chain(network, store);
      expect(chain.tip.hash).to.equal(right.at(-1)?.block.hash);
      // Six rewards and five allocations.
      expect([...store.coins()]).to.have.length(11);
      if (isDone) break;
    }
    expect(n).to.be.above(60);
  });
});
