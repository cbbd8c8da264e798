import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDemoAccounts, printDemoWallets } from '../../../peer/wallet/demoWallets.js';
import { openDemoWallet } from '../../../peer/walletShell/demoWallet.js';
import { Logger } from '../../../shared/io/logger.js';
import { systemEntropy } from '../../../shared/io/systemEntropy.js';
import { temporaryFolders } from '../../support/folders.js';
import { PASSPHRASE, WalletWorld } from '../../support/walletWorld.js';

describe('walletShell/demoWallet', function () {
  this.timeout(60_000);
  const newFolder = temporaryFolders();
  const logger = new Logger({
    ...{ format: 'text', level: 'error', stream: process.stdout, hasColour: false },
  });
  let world: WalletWorld;
  let file: string;

  beforeEach(() => {
    world = new WalletWorld(newFolder());
    file = join(newFolder(), 'demo.json');
    const accounts = makeDemoAccounts(['Alice', 'Bob'], systemEntropy);
    const networkId = world.network.id;
    writeFileSync(file, printDemoWallets({ networkId, passphrase: 'of the demo', accounts }));
  });
  afterEach(() => {
    world.shell.close();
  });

  const open = (account: string): Promise<boolean> =>
    openDemoWallet({ file, account }, world.shell, logger);

  it('makes the wallet, and opens it for good at each start', async () => {
    for (const start of ['first', 'second']) {
      expect(await open('Bob'), start).to.equal(true);
      const { state, locksAt, accounts } = world.shell.status();
      expect([state, locksAt, accounts]).to.deep.equal(['unlocked', undefined, 1]);
      world.open();
    }
  });

  it('leaves a wallet of somebody else closed, and says so', async () => {
    await world.shell.create(PASSPHRASE);
    world.open();
    expect(await open('Bob')).to.equal(false);
    expect(world.shell.status().state).to.equal('locked');
  });

  it('makes none where the file has none of that name, or is gone', async () => {
    expect(await open('Carol')).to.equal(false);
    file = join(newFolder(), 'none');
    expect(await open('Bob')).to.equal(false);
    expect(world.shell.status().state).to.equal('none');
  });
});
