import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { encodeCoins } from '../../../peer/chain/coinBytes.js';
import { CoinView } from '../../../peer/chain/coinView.js';
import { connectBlock } from '../../../peer/chain/connect.js';
import type { Coin } from '../../../peer/chain/store.js';
import { openStore } from '../../../peer/storage/openStore.js';
import { openSnapshot } from '../../../peer/storage/snapshot.js';
import type { SqliteChainStore } from '../../../peer/storage/sqliteChainStore.js';
import {
  verifyChain,
  type ChainFlaw,
  type VerifiedChain,
} from '../../../peer/storage/verifyChain.js';
import { HEADER_BYTES } from '../../../shared/consensus/header.js';
import { outpointKey } from '../../../shared/consensus/transaction.js';
import type { Result } from '../../../shared/result.js';
import type { Amount } from '../../../shared/units.js';
import {
  ALLOCATION,
  type MadeBlock,
  coinOf,
  decoded,
  genesisCoin,
  genesisOf,
  makeCoinbase,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
  spendGenesis,
} from '../../support/blocks.js';
import { accept, feed, LATE, settle } from '../../support/chains.js';
import { inFolder } from '../../support/folders.js';
import { expectOk } from '../../support/rejects.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const payment = (i: number): ReturnType<typeof spend> => spendGenesis(network, i);
const first = nextBlock(network, genesis, { transactions: [payment(0), payment(1)] });
const blocks = [first, ...nextBlocks(network, first, 9)];

interface Verdict {
  readonly result: Result<VerifiedChain, ChainFlaw>;
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
    execute(path, sql);
    return verdictOn(path);
  });
}

function execute(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

/** The verdict on a good database in which the first page of `table` was overwritten. */
function afterLosingPage(table: string): Verdict {
  return inFolder((folder) => {
    const path = join(folder, 'chain.sqlite');
    const { store } = openStore(path, network);
    feed(new Chain(network, store), store, blocks);
    store.close();
    const database = new Database(path);
    const root = 'SELECT rootpage FROM sqlite_schema WHERE name = ?';
    const page = Number(database.prepare(root).pluck().get(table));
    const pageBytes = Number(database.pragma('page_size', { simple: true }));
    database.close();
    const file = openSync(path, 'r+');
    writeSync(file, new Uint8Array(pageBytes).fill(0x5a), 0, pageBytes, (page - 1) * pageBytes);
    closeSync(file);
    return verdictOn(path);
  });
}

const problemOf = ({ result }: Verdict): string => (result.ok ? 'none' : result.error.problem);

function flawAfter(sql: string): ChainFlaw {
  const { result } = after(sql);
  return result.ok ? expect.fail('no flaw') : result.error;
}

const problemAfter = (sql: string): string => problemOf(after(sql));

/** What is wrong with a new database after `fill`, and `sql`. */
function problemIn(fill: (store: SqliteChainStore, chain: Chain) => unknown, sql = ''): string {
  return inFolder((folder) => {
    const path = join(folder, 'chain.sqlite');
    const { store } = openStore(path, network);
    fill(store, new Chain(network, store));
    store.close();
    execute(path, sql);
    return problemOf(verdictOn(path));
  });
}

/** What is wrong when `made`, as block 1, is stored like a block that was found right. */
function problemWith({ block, bytes }: MadeBlock): string {
  return problemIn((store) => {
    const coins = new CoinView((outpoint) => store.coin(outpoint));
    const undo = expectOk(connectBlock({ params: network.params, height: 1 }, block, coins));
    store.putHeader(1, bytes.subarray(0, HEADER_BYTES));
    store.putBody(1, bytes);
    store.putUndo(1, encodeCoins(undo));
    store.setStatus(1, 'connected');
    store.writeCoins(coins.take());
    store.setState({ tip: block.hash, position: block.hash, target: undefined });
  });
}

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
  });

  it('finds a coin with another amount, owner, height or origin', () => {
    const [reward = expect.fail()] = first.block.transactions;
    const outpoint = outpointKey(reward.txid, 0);
    const changed = (change: (coin: Coin) => Partial<Coin>): string =>
      problemIn((store, chain) => {
        feed(chain, store, blocks);
        const coin = store.coin(outpoint) ?? expect.fail();
        const created = new Map([[outpoint, { ...coin, ...change(coin) }]]);
        store.writeCoins({ created, spent: new Set() });
      });
    expect(changed(() => ({}))).to.equal('none');
    const wrong = `Coin ${outpoint} is stored wrongly at block 10.`;
    expect(changed(({ amount }) => ({ amount: (amount + 1) as Amount }))).to.equal(wrong);
    expect(changed(() => ({ address: owner(5).address }))).to.equal(wrong);
    expect(changed(({ height }) => ({ height: height + 1 }))).to.equal(wrong);
    expect(changed(({ isCoinbase }) => ({ isCoinbase: !isCoinbase }))).to.equal(wrong);
  });

  it('finds a block that is damaged or missing, at any depth', () => {
    const flip = (at: number): string =>
      `UPDATE bodies SET bytes = CAST(substr(bytes, 1, ${String(at)}) || x'ff' ||
       substr(bytes, ${String(at + 2)}) AS BLOB) WHERE id = 1`;
    expect(flawAfter(flip(150))).to.include({
      type: 'lost',
      problem:
        'Block 1 is lost: the disk does not give it back. ' +
        'From block 1 on, coins and undo data could not be checked.',
    });
    expect(flawAfter('DELETE FROM headers WHERE id = 2')).to.include({
      type: 'wrong',
      problem: 'Header 2 is missing.',
    });
  });

  it('finds a block in whose place another one is stored', () => {
    const problem = problemIn((store, chain) => {
      feed(chain, store, blocks);
      store.putBody(2, first.bytes);
    });
    expect(problem).to.equal('Block 2 of the active chain cannot be read.');
  });

  it('names all blocks that are lost, and says what comes of it', () => {
    const { result, steps } = after('DELETE FROM bodies WHERE id IN (2, 4)');
    expect(steps).to.equal(10);
    expect(result).to.deep.equal({
      ok: false,
      error: {
        type: 'lost',
        problem:
          'Blocks 2 and 4 are lost: the disk does not give them back. ' +
          'From block 2 on, coins and undo data could not be checked.',
        advice:
          'A running peer fetches them again from its peers by itself, once somebody asks for ' +
          'them (such as GET /api/blocks/2). Try again then.',
      },
    });
  });

  it('says that a start needs the last blocks, when one of them is lost', () => {
    const flawAt = (id: number): ChainFlaw =>
      flawAfter(`DELETE FROM bodies WHERE id = ${String(id)}`);
    expect(flawAt(4).advice).to.match(/Try again then\.$/);
    expect(flawAt(5).advice).to.match(/Try again then\. Where none runs, none starts without/);
  });

  it('looks for what breaks a rule above a block that is lost, too', () => {
    const signatures = payment(0).signatures.map((bytes) => bytes.map((byte) => byte ^ 1));
    const forged = decoded({ ...payment(0), signatures });
    const second = nextBlock(network, first, { transactions: [forged] });
    const problem = problemIn((store, chain) => {
      feed(chain, store, [first]);
      store.putHeader(2, second.bytes.subarray(0, HEADER_BYTES));
      store.putBody(2, second.bytes);
      store.setStatus(2, 'connected');
      const tip = second.block.hash;
      store.setState({ tip, position: first.block.hash, target: undefined });
    }, 'DELETE FROM bodies WHERE id = 1');
    expect(problem).to.match(/^Block 2 .* breaks a rule: bad-signature/);
  });

  it('does not take a coin that a lost block made for a missing one', () => {
    const again = spend(network, {
      coins: [coinOf(payment(0), 0, owner(5))],
      outputs: [pay(owner(6), ALLOCATION)],
    });
    const second = nextBlock(network, first, { transactions: [again] });
    const lose = 'DELETE FROM bodies WHERE id = 1';
    const problem = problemIn((store, chain) => feed(chain, store, [first, second]), lose);
    expect(problem).to.match(/^Block 1 is lost: /);
  });

  it('finds undo data that are missing, cut, changed or of another block', () => {
    const undoOf1 = 'Only a reorganisation that takes back block 1 would stop its peer.';
    for (const sql of [
      'DELETE FROM undo WHERE id = 1',
      'UPDATE undo SET bytes = zeroblob(length(bytes)) WHERE id = 1',
      'UPDATE undo SET checksum = checksum + 1 WHERE id = 1',
    ]) {
      const flaw = flawAfter(sql);
      expect(flaw, sql).to.include({
        type: 'lost',
        problem: 'The undo data of block 1 is lost: the disk does not give back what was stored.',
      });
      expect(flaw.advice, sql).to.include(undoOf1).and.include('`cairn chain export FILE`');
    }
    const other = problemIn((store, chain) => {
      feed(chain, store, blocks);
      store.putUndo(1, store.undo(1)?.toReversed() ?? expect.fail());
    });
    expect(other).to.include('The undo data of block 1 is lost');
    const surplus = problemIn((store, chain) => {
      feed(chain, store, blocks);
      store.putUndo(3, store.undo(1) ?? expect.fail());
    });
    expect(surplus).to.include('The undo data of block 3 is lost');
  });

  it('names what undo data are lost, and says when a start needs them', () => {
    const flaw = flawAfter('DELETE FROM undo WHERE id > 0');
    expect(flaw.problem).to.match(/^The undo data of blocks 1, 2, 3, 4, 5 and 5 more are lost: /);
    expect(flaw.advice).to.include('A peer does not start without the undo data of its last');
    const deep = flawAfter('DELETE FROM undo WHERE id IN (3, 4)');
    expect(deep.problem).to.include('blocks 3 and 4 are');
    expect(deep.advice).to.include('takes back block 4 would');
  });

  it('names lost blocks and lost undo data together', () => {
    const { problem, advice } = flawAfter(
      'DELETE FROM undo WHERE id = 1; DELETE FROM bodies WHERE id = 3',
    );
    expect(problem).to.match(
      /^Block 3 is lost: .* The undo data of block 1 is lost: .* From block 3/,
    );
    expect(advice).to.match(/^A running peer/);
  });

  it('says so when SQLite cannot read a page', () => {
    const { result } = afterLosingPage('headers');
    expect(result.ok ? 'none' : result.error).to.include({
      type: 'wrong',
      problem: 'SQLite cannot read a page of the file.',
    });
  });

  it('counts undo data that SQLite cannot read as lost', () => {
    const problem = problemOf(afterLosingPage('undo'));
    expect(problem).to.match(/^The undo data of blocks 1, 2, 3, 4, 5 and 5 more are lost/);
  });

  it('gives no verdict when SQLite fails otherwise', () => {
    const failing = `DROP TABLE coins;
      CREATE VIEW coins AS SELECT x'00' AS outpoint, abs(-9223372036854775807 - 1) AS coin`;
    expect(() => after(failing)).to.throw('integer overflow');
  });

  describe('looks at the rules again, whatever the marks say', () => {
    const broken = (code: string): RegExp =>
      new RegExp(`^Block 1 \\([0-9a-f]{64}\\) breaks a rule: ${code}: `);

    it('finds nothing wrong with a good block', () => {
      expect(problemWith(first)).to.equal('none');
    });

    it('finds a header that breaks a rule', () => {
      const early = nextBlock(network, genesis, { time: genesis.point.time - 1 });
      expect(problemWith(early)).to.equal('Header 1 breaks a rule (time-before-parent).');
    });

    it('finds a body that breaks a rule by itself', () => {
      const outputs = [pay(owner(9), network.params.subsidy)];
      const coinbase = makeCoinbase({ height: 1, outputs, memo: new Uint8Array(7) });
      const silent = nextBlock(network, genesis, { coinbase });
      expect(problemWith(silent)).to.match(broken('bad-coinbase-memo'));
    });

    it('finds a forged signature, in whichever transaction', () => {
      const signatures = payment(0).signatures.map((bytes) => bytes.map((byte) => byte ^ 1));
      const forged = decoded({ ...payment(0), signatures });
      const block = (...transactions: (typeof forged)[]): MadeBlock =>
        nextBlock(network, genesis, { transactions });
      expect(problemWith(block(forged))).to.match(broken('bad-signature'));
      expect(problemWith(block(payment(1), forged))).to.match(broken('bad-signature'));
      expect(problemWith(block(forged, payment(1)))).to.match(broken('bad-signature'));
    });

    it('finds a body that breaks a rule about coins', () => {
      const greedy = nextBlock(network, genesis, { reward: network.params.subsidy + 1 });
      const problem = problemIn((store, chain) => {
        accept(chain, store, greedy.bytes);
        store.setStatus(1, 'connected');
        store.putUndo(1, new Uint8Array(0));
        store.setState({ tip: greedy.block.hash, position: network.id, target: undefined });
      });
      expect(problem).to.match(broken('bad-coinbase-amount'));
    });
  });

  it('verifies a database in the middle of a reorganisation and of a sync', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const { store } = openStore(path, network);
      const chain = new Chain(network, store, { coinChangesMax: 1 });
      feed(chain, store, blocks);
      // It spends what the first branch spends, too.
      const elsewhere = { coins: [genesisCoin(network, 0)], outputs: [pay(owner(6), ALLOCATION)] };
      const other = nextBlock(network, genesis, { transactions: [spend(network, elsewhere)] });
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
