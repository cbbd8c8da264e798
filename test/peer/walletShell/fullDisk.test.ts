import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DOCUMENT_FILE, VAULT_FILE } from '../../../peer/walletShell/walletFiles.js';
import { encodeAddress } from '../../../shared/consensus/address.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { owner } from '../../support/blocks.js';
import { temporaryFolders } from '../../support/folders.js';
import { fillUpTo, FILLER, mount, unmount } from '../../support/mounts.js';
import { must, WORDS } from '../../support/purse.js';
import { skip } from '../../support/skip.js';
import { PASSPHRASE, WalletWorld } from '../../support/walletWorld.js';

describe('walletShell: a full disk', function () {
  this.timeout(30_000);
  let disk: string;

  beforeEach(function () {
    disk = join(newFolder(), 'disk');
    mkdirSync(disk);
    if (!mount(['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])) {
      skip(this, 'only root can mount a small file system');
    }
  });
  afterEach(() => {
    unmount(disk);
  });
  // Its hook comes after ours: what is mounted cannot be removed.
  const newFolder = temporaryFolders();

  it('is told in one line; nothing is sent, and the files stay as they were', async () => {
    const world = new WalletWorld(disk);
    const { shell, ledger } = world;
    must(await shell.restore(WORDS, PASSPHRASE));
    world.give(must(await shell.address('main')), 50_000);
    const files = [VAULT_FILE, DOCUMENT_FILE].map((name) => join(disk, name));
    const before = files.map((path) => readFileSync(path, 'utf8'));
    fillUpTo(disk, 4_096);
    const to = encodeAddress(world.network.params.prefix, owner(2).address);
    for (const work of [() => world.pay(to, 5), () => shell.createAccount('Bob')]) {
      const trouble = await (async () => work())().catch((error: unknown) => error);
      if (!(trouble instanceof Trouble)) return expect.fail(String(trouble));
      expect(trouble.code).to.equal('disk-full');
      expect(trouble.message).to.match(/^The disk that holds .*wallet\.json is full\.$/);
    }
    expect([world.sentCount, ledger.pool.length, (await shell.accounts()).length]).to.deep.equal([
      0, 0, 1,
    ]);
    expect(files.map((path) => readFileSync(path, 'utf8'))).to.deep.equal(before);
    expect(must(await shell.balance('main')).confirmed).to.equal(50_000);
    rmSync(join(disk, FILLER));
    expect((await world.pay(to, 5)).ok).to.equal(true);
    shell.close();
  });
});
