import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { openStore } from '../../../peer/storage/openStore.js';
import { openSnapshot } from '../../../peer/storage/snapshot.js';
import { verifyChain, type VerifiedChain } from '../../../peer/storage/verifyChain.js';
import type { Result } from '../../../shared/result.js';
import {
  ALLOCATION,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';
import { accept, feed, LATE, settle } from '../../support/chains.js';
import { inFolder } from '../../support/folders.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const payment = (i: number): ReturnType<typeof spend> =>
  spend(network, { coins: [genesisCoin(network, i)], outputs: [pay(owner(5), ALLOCATION)] });
const first = nextBlock(network, genesis, { transactions: [payment(0), payment(1)] });
const blocks = [first, ...nextBlocks(network, first, 9)];

interface Verdict {
  readonly result: Result<VerifiedChain, string>;
  readonly steps: number;
}

function verdictOn(path: string): Verdict {
  const snapshot = openSnapshot(path);
  try {
    const work = verifyChain(snapshot);
    for (let steps = 0; ; steps++) {
      const step = work.next();
      if (step.done === true) return { result: step.value, steps };
      expect(step.value.done).to.equal(steps + 1);
      expect(step.value.done).to.be.at.most(step.value.of);
    }
  } finally {
    snapshot.close();
  }
}

/** The verdict on a good database to which `sql` was done. */
function after(sql: string): Verdict {
  return inFolder((folder) => {
    const path = join(folder, 'chain.sqlite');
    const { store } = openStore(path, network);
    feed(new Chain(network, store), store, blocks);
    store.close();
    const database = new Database(path);
    database.exec(sql);
    database.close();
    return verdictOn(path);
  });
}

const problemAfter = (sql: string): string => {
  const { result } = after(sql);
  return result.ok ? 'none' : result.error;
};

describe('storage/verifyChain', () => {
  it('finds a good chain right, block by block', () => {
    const { result, steps } = after('');
    expect(steps).to.equal(10);
    const tip = blocks.at(-1)?.block.hash;
    // Ten rewards, two payments, three allocations.
    const value = { tip, height: 10, transactionCount: 12, coinCount: 15 };
    expect(result).to.deep.equal({ ok: true, value });
  });

  it('finds a coin that is missing, added or changed', () => {
    const one = 'outpoint = (SELECT max(outpoint) FROM coins)';
    expect(problemAfter(`DELETE FROM coins WHERE ${one}`)).to.equal(
      'Only 14 of 15 coins are stored at block 10.',
    );
    const added = 'INSERT INTO coins VALUES (zeroblob(36), zeroblob(32))';
    expect(problemAfter(added)).to.include(`Coin ${'0'.repeat(72)} is stored, but not there`);
    const changed = `UPDATE coins SET coin = CAST(x'01' || substr(coin, 2) AS BLOB) WHERE ${one}`;
    expect(problemAfter(changed)).to.include('is stored wrongly at block 10.');
  });

  it('finds a block that is damaged or missing, at any depth', () => {
    const flip = (at: number): string =>
      `UPDATE bodies SET bytes = CAST(substr(bytes, 1, ${String(at)}) || x'ff' ||
       substr(bytes, ${String(at + 2)}) AS BLOB) WHERE id = 1`;
    expect(problemAfter(flip(150))).to.equal('Block 1 of the active chain cannot be read.');
    expect(problemAfter('DELETE FROM bodies WHERE id = 2')).to.include('Block 2');
    expect(problemAfter('DELETE FROM headers WHERE id = 2')).to.include('Header 2 is missing.');
  });

  it('says so when SQLite cannot read a page', () => {
    const { result } = inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const { store } = openStore(path, network);
      feed(new Chain(network, store), store, blocks);
      store.close();
      const database = new Database(path);
      const root = `SELECT rootpage FROM sqlite_schema WHERE name = 'headers'`;
      const page = Number(database.prepare(root).pluck().get());
      const pageBytes = Number(database.pragma('page_size', { simple: true }));
      database.close();
      const file = openSync(path, 'r+');
      writeSync(file, new Uint8Array(pageBytes).fill(0x5a), 0, pageBytes, (page - 1) * pageBytes);
      closeSync(file);
      return verdictOn(path);
    });
    expect(result).to.deep.equal({ ok: false, error: 'SQLite cannot read a page of the file.' });
  });

  it('looks at the rules again, whatever the marks say', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const { store } = openStore(path, network);
      const chain = new Chain(network, store);
      const greedy = nextBlock(network, genesis, { reward: network.params.subsidy + 1 });
      accept(chain, store, greedy.bytes);
      store.setStatus(1, 'connected');
      store.putUndo(1, new Uint8Array(0));
      store.setState({ tip: greedy.block.hash, position: network.id, target: undefined });
      store.close();
      const { result } = verdictOn(path);
      const problem = result.ok ? '' : result.error;
      expect(problem).to.match(/^Block 1 \(.*\) breaks a rule: bad-coinbase-amount/);
    });
  });

  it('verifies a database in the middle of a reorganisation and of a sync', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const { store } = openStore(path, network);
      const chain = new Chain(network, store, { coinChangesMax: 1 });
      feed(chain, store, blocks);
      const other = nextBlock(network, genesis, { transactions: [payment(2)] });
      for (const { bytes } of [other, ...nextBlocks(network, other, 11)]) {
        accept(chain, store, bytes);
      }
      const { verify } = store.atomically(() => chain.advance(0));
      const [batch = expect.fail()] = verify;
      chain.onVerified(batch.wtxids.map((wtxid) => ({ wtxid, outcome: 'valid' })));
      for (let i = 0; i < 14; i++) store.atomically(() => chain.advance(1));
      expect(store.state()?.target).not.to.equal(undefined);
      expect(store.state()?.position).not.to.equal(chain.tip.hash);
      const during = verdictOn(path);
      expect(during.result.ok && during.result.value.height).to.equal(10);
      settle(chain, store);
      const later = verdictOn(path);
      expect(later.result.ok && later.result.value.height).to.equal(12);
      store.close();
    });
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const { store } = openStore(path, network);
      const chain = new Chain(network, store);
      const long = nextBlocks(network, first, 40);
      for (const { bytes } of [first, ...long]) chain.acceptHeader(bytes.subarray(0, 80), LATE);
      feed(chain, store, [first, ...long.slice(0, 9)]);
      expect(store.state()?.position).to.equal(network.id);
      const { result } = verdictOn(path);
      expect(result.ok && result.value).to.deep.include({ height: 10, coinCount: 5 });
      store.close();
    });
  });
});
