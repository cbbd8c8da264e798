import { expect } from 'chai';
import Database from 'better-sqlite3';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Chain } from '../../peer/chain/chain.js';
import { writeChainFile } from '../../peer/storage/chainFile.js';
import { openStore } from '../../peer/storage/openStore.js';
import { printParamsJson } from '../../shared/consensus/paramsJson.js';
import type { UnixSeconds } from '../../shared/units.js';
import {
  type MadeBlock,
  decoded,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  spendGenesis,
} from '../support/blocks.js';
import { feed } from '../support/chains.js';
import { freePorts, Sandbox, statusAt, untilPrinted } from '../support/sandbox.js';

/** Chains that are carried in files, and files in which something is wrong. */
describe('e2e: chain files', function () {
  this.timeout(30_000);

  const network = makeNetwork({ time: 1_700_000_000 as UnixSeconds });
  const good = nextBlocks(network, genesisOf(network), 20);
  const unsigned = spendGenesis(network, 0);
  const transactions = [decoded({ ...unsigned, signatures: [new Uint8Array(64)] })];
  const bad = nextBlock(network, good.at(-1) ?? genesisOf(network), { transactions });

  let sandbox: Sandbox;
  let file: string;
  beforeEach(() => {
    sandbox = new Sandbox();
    file = sandbox.path('chain.cairn');
  });
  afterEach(() => sandbox.close());

  function write(blocks: readonly MadeBlock[]): void {
    const steps = writeChainFile(
      file,
      network,
      blocks.map(({ bytes }) => bytes),
    );
    while (steps.next().done !== true);
  }

  /** The database of a peer with the good blocks. */
  function storedChain(): string {
    mkdirSync(sandbox.path('data'));
    const path = sandbox.path('data', 'chain.sqlite');
    const { store } = openStore(path, network);
    feed(new Chain(network, store), store, good);
    store.close();
    return path;
  }

  it('are not written where there is no folder, and one line says so', async () => {
    storedChain();
    const nowhere = sandbox.path('none', 'chain.cairn');
    const data = ['--data', sandbox.path('data')];
    const exported = await sandbox.run('chain', 'export', nowhere, ...data);
    expect([exported.code, exported.output]).to.deep.equal([
      1,
      `There is no folder ${sandbox.path('none')}. Make it, or name a file elsewhere.\n`,
    ]);
    const genesis = await sandbox.run('genesis', '--template', 'dev', '--out', nowhere);
    expect([genesis.code, genesis.output]).to.deep.equal([exported.code, exported.output]);
  });

  /** Does `sql` to the database of a peer with the good blocks. */
  function damaged(sql: string): readonly string[] {
    const database = new Database(storedChain());
    database.exec(sql);
    database.close();
    return ['--data', sandbox.path('data')];
  }

  const FETCHED =
    'A running peer fetches it again from its peers by itself, once somebody asks for it ' +
    '(such as GET /api/blocks/7). Try again then.\n';

  it('are not written from a chain that lost a block, and one line names it', async () => {
    const data = damaged('DELETE FROM bodies WHERE id = 7');
    const { code, output } = await sandbox.run('chain', 'export', file, ...data);
    expect([code, output]).to.deep.equal([
      1,
      `Block 7 is lost: the disk does not give it back. ${FETCHED}`,
    ]);
    expect(existsSync(file)).to.equal(false);
    const verified = await sandbox.run('chain', 'verify', ...data);
    expect([verified.code, verified.output]).to.deep.equal([
      3,
      `The chain of test in ${sandbox.path('data')} is not whole: ` +
        'Block 7 is lost: the disk does not give it back. ' +
        `From block 7 on, coins and undo data could not be checked.\n${FETCHED}`,
    ]);
  });

  it('rebuild a chain that lost undo data', async () => {
    const data = damaged('DELETE FROM undo WHERE id IN (7, 19)');
    const verified = await sandbox.run('chain', 'verify', ...data, '--json');
    expect(verified.code).to.equal(3);
    const problem =
      'The undo data of blocks 7 and 19 are lost: the disk does not give back what was stored.';
    expect(JSON.parse(verified.stdout)).to.include({ valid: false, type: 'lost', problem });
    await sandbox.run('chain', 'export', file, ...data);
    for (const name of readdirSync(sandbox.path('data'))) {
      if (name.startsWith('chain.sqlite')) rmSync(sandbox.path('data', name));
    }
    const imported = await sandbox.run('chain', 'import', file, ...data);
    expect(imported.code, imported.output).to.equal(0);
    expect(await sandbox.json('chain', 'verify', ...data)).to.include({ valid: true, height: 20 });
  });

  it('are imported up to the first block that is refused, into a folder', async () => {
    write([...good, bad, ...nextBlocks(network, bad, 3)]);
    const data = sandbox.path('data');
    const { code, stdout, output } = await sandbox.run('chain', 'import', file, '--data', data);
    expect(code, output).to.equal(3);
    expect(stdout).to.equal(`Imported into ${data}: 20 blocks, 20 of them new.\n`);
    expect(output).to.match(/^Block 21 of the file is refused: bad-signature: /m);
    const verified = await sandbox.json('chain', 'verify', '--data', data);
    expect(verified).to.include({ valid: true, height: 20 });
  });

  it('are imported up to the first block that is refused, into a running peer', async () => {
    write([...good, bad]);
    const genesis = sandbox.path('network.json');
    writeFileSync(genesis, printParamsJson(network.params));
    const [tcp = 0, http = 0] = await freePorts(2);
    const ports = ['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)];
    const peer = sandbox.start('peer', '--genesis', genesis, ...ports);
    await untilPrinted(peer, /the peer is up/);
    const { code, stdout, output } = await sandbox.run('chain', 'import', file);
    expect(code, output).to.equal(3);
    expect(stdout).to.match(/: 20 blocks, 20 of them new\.\n$/);
    expect(output).to.match(/^Block 21 of the file is refused: bad-signature: /m);
    expect((await statusAt(http))?.height).to.equal(20);
  });

  it('with more after their end are damaged, and what came before is counted', async () => {
    write(good);
    appendFileSync(file, 'x');
    const data = ['--data', sandbox.path('data')];
    const { code, stdout, output } = await sandbox.run('chain', 'import', file, ...data, '--json');
    expect(code, output).to.equal(1);
    const problem = `${file} is damaged: its pieces do not fit together.`;
    expect(JSON.parse(stdout)).to.include({ readCount: 20, newCount: 20, problem });
    expect(output).to.include(`\n${problem} Copy or export it again`);
  });
});
