import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { fromHex } from '../../../shared/bytes.js';
import {
  decodeTransaction,
  type DecodedTransaction,
} from '../../../shared/consensus/transaction.js';
import { temporaryFolders } from '../../support/folders.js';
import { projectRoot } from '../../support/paths.js';
import { start, until, type Running } from '../../support/programs.js';
import { FIRST_ADDRESS, must } from '../../support/purse.js';
import { WalletWorld, type Moment } from '../../support/walletWorld.js';

const PROGRAM = join(
  import.meta.dirname,
  ...['..', '..', 'support', `walletProgram${extname(import.meta.filename)}`],
);
const GIFT = 500_000;

/** Real processes, killed while they pay. */
describe('walletShell: kill -9', function () {
  this.timeout(120_000);
  const newFolder = temporaryFolders();

  const pay = (folder: string, killedAt: Moment | 'never'): Running =>
    start(process.execPath, [...process.execArgv, PROGRAM, folder, killedAt], {
      cwd: projectRoot,
    });

  /** What its node had got. */
  function sentFrom(folder: string): DecodedTransaction[] {
    const path = join(folder, 'node.pool');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
    return lines.map((line) => must(decodeTransaction(fromHex(line) ?? new Uint8Array(0))));
  }

  /** The same wallet at the next start, with what its node had got. */
  function restarted(folder: string): WalletWorld {
    const world = new WalletWorld(folder);
    world.give(FIRST_ADDRESS, GIFT);
    for (const tx of sentFrom(folder)) expect(world.ledger.submit(tx)).to.equal(true);
    return world;
  }

  async function killedAt(moment: Moment): Promise<WalletWorld> {
    const folder = newFolder();
    const { child, ended } = pay(folder, moment);
    const { output } = await ended;
    expect([child.signalCode, output]).to.deep.equal(['SIGKILL', 'ready\n']);
    return restarted(folder);
  }

  it('before it was kept: it was never made', async () => {
    const world = await killedAt('signed');
    await world.shell.tick();
    expect([world.shell.status().payments, world.sentCount]).to.deep.equal([0, 0]);
    expect(must(await world.shell.balance('main'))).to.include({ confirmed: GIFT, pending: 0 });
    world.shell.close();
  });

  it('between storing and broadcasting: it is sent at the next start', async () => {
    const world = await killedAt('kept');
    expect([world.shell.status().payments, world.ledger.pool.length]).to.deep.equal([1, 0]);
    const { confirmed, pending } = must(await world.shell.balance('main'));
    expect(confirmed).to.equal(0);
    expect(pending).to.be.below(GIFT);
    await world.shell.tick();
    expect([world.sentCount, world.ledger.pool.length]).to.deep.equal([1, 1]);
    world.shell.close();
  });

  it('after broadcasting: it is known', async () => {
    const world = await killedAt('sent');
    await world.shell.tick();
    expect([world.sentCount, world.ledger.pool.length]).to.deep.equal([0, 1]);
    const [row] = must(await world.shell.history('main', { count: 1, before: undefined }));
    expect([row?.state, row?.spent]).to.deep.equal(['waiting', GIFT]);
    world.shell.close();
  });

  it('at any moment: whatever anybody got is known, and the files are whole', async () => {
    let payments = 0;
    for (let round = 0; round < 6; round++) {
      const folder = newFolder();
      const running = pay(folder, 'never');
      await until('the wallet', 20_000, () => (running.output() === '' ? undefined : true));
      await delay(Math.random() * 400);
      running.child.kill('SIGKILL');
      await running.ended;
      const world = restarted(folder);
      const { length } = sentFrom(folder);
      expect(world.shell.status().payments).to.be.within(length, length + 1);
      await world.shell.tick();
      expect(world.ledger.pool).to.have.length(world.shell.status().payments);
      payments += length;
      world.shell.close();
    }
    expect(payments).to.be.at.least(6);
  });
});
