import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DOCUMENT_FILE, VAULT_FILE } from '../../../peer/walletShell/walletFiles.js';
import { encodeAddress } from '../../../shared/consensus/address.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { owner } from '../../support/blocks.js';
import { temporaryFolders } from '../../support/folders.js';
import { must, WORDS } from '../../support/purse.js';
import { PASSPHRASE, WalletWorld } from '../../support/walletWorld.js';

const SIGN = { isToSign: true };
const AS_IT_IS = { isToSign: false };

/** The code of the trouble that `work` ends with. */
async function troubleOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Trouble) return error.code;
    throw error;
  }
  return 'none';
}

describe('walletShell', function () {
  this.timeout(60_000);
  const newFolder = temporaryFolders();
  const worlds: WalletWorld[] = [];
  afterEach(() => {
    for (const { shell } of worlds.splice(0)) shell.close();
  });

  function world(): WalletWorld {
    const made = new WalletWorld(newFolder());
    worlds.push(made);
    return made;
  }

  async function made(): Promise<WalletWorld> {
    const one = world();
    await one.shell.create(PASSPHRASE);
    return one;
  }

  const text = (one: WalletWorld, number = 2): string =>
    encodeAddress(one.network.params.prefix, owner(number).address);
  const pathOf = (one: WalletWorld, name = DOCUMENT_FILE): string => join(one.folder, name);

  it('is made with twelve words, open, with an account, in files for its owner', async () => {
    const one = world();
    expect(one.shell.status().state).to.equal('none');
    expect(await troubleOf(() => one.shell.accounts())).to.equal('no-wallet');
    const words = await one.shell.create(PASSPHRASE);
    expect(words.split(' ')).to.have.length(12);
    expect(one.shell.status()).to.include({ state: 'unlocked', accounts: 1, payments: 0 });
    expect((await one.shell.accounts())[0]?.account.name).to.equal('main');
    for (const name of [VAULT_FILE, DOCUMENT_FILE]) {
      expect(statSync(pathOf(one, name)).mode & 0o777).to.equal(0o600);
      const content = readFileSync(pathOf(one, name), 'utf8');
      const [first = '', second = ''] = words.split(' ');
      expect(content).to.not.include(`${first} ${second}`);
    }
    expect(await troubleOf(() => one.shell.create('other'))).to.equal('wallet-exists');
    expect(await one.shell.words(PASSPHRASE)).to.equal(words);
    expect(await troubleOf(() => one.shell.words('guess'))).to.equal('wrong-passphrase');
  });

  it('shows all but signs nothing while it is locked, also after a restart', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    const unsigned = must(
      await one.shell.plan({
        ...{ from: 'main', to: text(one), amount: 5, feeRate: 0, memo: new Uint8Array(0) },
      }),
    );
    for (const restart of [false, true]) {
      if (restart) one.open();
      else one.shell.lock();
      expect(one.shell.status().state).to.equal('locked');
      expect(must(await one.shell.balance(undefined)).confirmed).to.equal(50_000);
      expect(must(await one.shell.history('main', { count: 5, before: undefined }))).to.have.length(
        1,
      );
      expect((await one.shell.address('main')).ok).to.equal(true);
      const sent = await one.shell.send(unsigned.file.transaction.bytes, SIGN);
      expect(sent.ok ? '' : sent.error.code).to.equal('wallet-locked');
      const account = await one.shell.createAccount('Bob');
      expect(account.ok ? '' : account.error.code).to.equal('wallet-locked');
    }
    expect(await troubleOf(() => one.shell.unlock('guess', 1))).to.equal('wrong-passphrase');
    const { state, locksAt } = await one.shell.unlock(PASSPHRASE, 5);
    expect([state, locksAt]).to.deep.equal(['unlocked', 1_800_000_300]);
    expect((await one.shell.unlock(PASSPHRASE, 0)).locksAt).to.equal(undefined);
    expect((await one.shell.send(unsigned.file.transaction.bytes, SIGN)).ok).to.equal(true);
  });

  it('pays another person, and an account of its own by its name', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    must(await one.shell.createAccount('Bob'));
    expect(must(await one.pay(text(one), 1_000)).isOwn).to.equal(true);
    expect(must(await one.pay('bob', 2_000)).isOwn).to.equal(true);
    one.mine();
    expect(must(await one.shell.balance('Bob')).confirmed).to.equal(2_000);
    const rows = must(await one.shell.history('main', { count: 9, before: undefined }));
    expect(rows.map(({ state }) => state)).to.deep.equal(['confirmed', 'confirmed', 'confirmed']);
  });

  it('signs nothing, though it is open, unless that is wished', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    const wish = { from: 'main', to: text(one), amount: 5, feeRate: 0, memo: new Uint8Array(0) };
    const { file } = must(await one.shell.plan(wish));
    const sent = await one.shell.send(file.transaction.bytes, AS_IT_IS);
    expect(sent.ok ? '' : sent.error).to.deep.equal({ code: 'not-signed', missing: 1 });
    expect([one.sentCount, one.shell.status().payments]).to.deep.equal([0, 0]);
    expect((await one.shell.send(file.transaction.bytes, SIGN)).ok).to.equal(true);
  });

  it('says why it cannot pay', async () => {
    const one = await made();
    const plan = async (change: object) => {
      const wish = { from: 'main', to: text(one), amount: 5, feeRate: 0, memo: new Uint8Array(0) };
      const planned = await one.shell.plan({ ...wish, ...change });
      return planned.ok ? 'none' : planned.error.code;
    };
    expect(await plan({})).to.equal('not-enough');
    expect(await plan({ from: 'Carol' })).to.equal('no-account');
    expect(await plan({ to: 'Carol' })).to.equal('bad-address');
    expect(await plan({ to: text(one).slice(0, -1) })).to.equal('bad-address');
    expect(await plan({ amount: 0 })).to.equal('bad-amount');
    const garbage = await one.shell.send(Uint8Array.of(1, 2), AS_IT_IS);
    expect(garbage.ok ? '' : garbage.error.code).to.equal('bad-payment');
  });

  it('keeps nothing of a payment that the node refuses', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    one.refusal = 'fee-too-low: no.';
    const sent = await one.pay(text(one), 1_000);
    expect(sent.ok ? undefined : sent.error).to.deep.equal({
      ...{ code: 'payment-refused', rule: 'fee-too-low: no.' },
    });
    expect(one.shell.status().payments).to.equal(0);
    expect(must(await one.shell.balance('main'))).to.include({ confirmed: 50_000, pending: 0 });
  });

  it('takes a payment that is in the chain already for sent', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    const { transaction } = must(await one.pay(text(one), 1_000));
    one.mine();
    one.shell.forget(transaction.txid);
    expect(must(await one.shell.send(transaction.bytes, AS_IT_IS)).isOwn).to.equal(true);
    expect([one.sentCount, one.shell.status().payments]).to.deep.equal([1, 0]);
  });

  it('sends again what fell out of node and chain, until it is deep in it', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    const { transaction } = must(await one.pay(text(one), 1_000));
    one.mine();
    one.ledger.disconnect(1);
    one.ledger.pool = [];
    // A restart: it is locked, and sends what is signed all the same.
    one.open();
    await one.shell.tick();
    expect(one.ledger.waiting(transaction.txid)).to.not.equal(undefined);
    expect(one.sentCount).to.equal(2);
    await one.shell.tick();
    expect(one.sentCount).to.equal(2);
    for (let i = 0; i < 100; i++) one.mine();
    await one.shell.tick();
    expect(one.shell.status().payments).to.equal(0);
  });

  it('sends nothing again while the index is behind, nor what is given up', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    const { transaction } = must(await one.pay(text(one), 1_000));
    one.ledger.pool = [];
    one.ledger.isCurrent = false;
    await one.shell.tick();
    expect(one.sentCount).to.equal(1);
    one.ledger.isCurrent = true;
    expect(must(one.shell.forget(transaction.txid)).payments).to.equal(0);
    await one.shell.tick();
    expect(one.sentCount).to.equal(1);
    const again = one.shell.forget(transaction.txid);
    expect(again.ok ? '' : again.error.code).to.equal('no-such-payment');
  });

  it('finds accounts, addresses and balance again from the words', async () => {
    const one = await made();
    must(await one.shell.createAccount('Bob'));
    one.give(must(await one.shell.address('main')), 50_000);
    await one.pay('Bob', 2_000);
    one.mine();
    const words = await one.shell.words(PASSPHRASE);
    const before = await Promise.all(
      ['main', 'Bob'].map(async (name) => must(await one.shell.balance(name))),
    );
    for (const name of [VAULT_FILE, DOCUMENT_FILE]) rmSync(pathOf(one, name));
    one.open();
    // No word of the list: with another one of it, the checksum is right once in 16 times.
    const wrong = await one.shell.restore(words.replace(/^\w+/, 'cairn'), 'new');
    expect(wrong.ok ? '' : wrong.error.code).to.equal('bad-words');
    expect(existsSync(pathOf(one, VAULT_FILE))).to.equal(false);
    must(await one.shell.restore(`  ${words.toUpperCase()} `, 'new'));
    const after = await Promise.all(
      ['main', 'account-2'].map(async (name) => must(await one.shell.balance(name))),
    );
    expect(after).to.deep.equal(before);
  });

  it('finds its addresses again when only the vault is left', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    rmSync(pathOf(one));
    one.open();
    expect(one.shell.status()).to.include({ state: 'locked', accounts: 0 });
    expect(await troubleOf(() => one.shell.accounts())).to.equal('wallet-locked');
    await one.shell.unlock(PASSPHRASE, 1);
    expect(must(await one.shell.balance('main')).confirmed).to.equal(50_000);
  });

  it('looks for accounts again until the node has all blocks', async () => {
    const one = await made();
    must(await one.shell.createAccount('Bob'));
    const words = await one.shell.words(PASSPHRASE);
    const bob = must(await one.shell.address('Bob'));
    const names = async () => (await one.shell.accounts()).map(({ account }) => account.name);
    for (const name of [VAULT_FILE, DOCUMENT_FILE]) rmSync(pathOf(one, name));
    one.open();
    one.isSynced = false;
    must(await one.shell.restore(words, PASSPHRASE));
    expect(await names()).to.deep.equal(['main']);
    // The blocks come; while it is open it looks of itself, and later at the next unlocking.
    one.give(bob, 1_000);
    await one.shell.tick();
    expect(await names()).to.deep.equal(['main', 'account-2']);
    const before = readFileSync(pathOf(one));
    rmSync(pathOf(one));
    one.open();
    one.ledger.disconnect(1);
    one.ledger.pool = [];
    await one.shell.unlock(PASSPHRASE, 0);
    expect(await names()).to.deep.equal(['main']);
    one.shell.lock();
    one.give(bob, 1_000);
    await one.shell.unlock(PASSPHRASE, 0);
    expect(await names()).to.deep.equal(['main', 'account-2']);
    expect(before.length).to.be.above(0);
  });

  it('seals no words where it cannot be made whole', async () => {
    const one = world();
    one.hasIndex = false;
    expect(await troubleOf(() => one.shell.create(PASSPHRASE))).to.equal('index-off');
    expect(existsSync(pathOf(one, VAULT_FILE))).to.equal(false);
    one.hasIndex = true;
    // Nothing can be written at that place.
    mkdirSync(`${pathOf(one)}.${String(process.pid)}.tmp`);
    const failed = await one.shell.create(PASSPHRASE).then(
      () => false,
      () => true,
    );
    expect([failed, existsSync(pathOf(one, VAULT_FILE))]).to.deep.equal([true, false]);
  });

  it('gets a lost vault back from its words, and from no others', async () => {
    const one = await made();
    must(await one.shell.createAccount('Bob'));
    const words = await one.shell.words(PASSPHRASE);
    expect(await troubleOf(() => one.shell.restore(words, 'new'))).to.equal('wallet-exists');
    rmSync(pathOf(one, VAULT_FILE));
    one.open();
    expect(await troubleOf(() => one.shell.restore(WORDS, 'new'))).to.equal('wallet-exists');
    expect(must(await one.shell.restore(words, 'new')).accounts).to.equal(2);
    expect(await one.shell.words('new')).to.equal(words);
    const names = (await one.shell.accounts()).map(({ account }) => account.name);
    expect(names).to.deep.equal(['main', 'Bob']);
  });

  it('shows what it knows where the words are elsewhere', async () => {
    const one = await made();
    one.give(must(await one.shell.address('main')), 50_000);
    rmSync(pathOf(one, VAULT_FILE));
    one.open();
    expect(one.shell.status().state).to.equal('keyless');
    expect(must(await one.shell.balance('main')).confirmed).to.equal(50_000);
    const sent = await one.pay(text(one), 1_000);
    expect(sent.ok ? '' : sent.error.code).to.equal('keys-elsewhere');
    const account = await one.shell.createAccount('Bob');
    expect(account.ok ? '' : account.error.code).to.equal('keys-elsewhere');
    for (;;) {
      const given = await one.shell.address('main');
      if (given.ok) one.ledger.mine({ ...owner(0), address: given.value });
      else {
        expect(given.error.code).to.equal('keys-elsewhere');
        break;
      }
    }
    expect(await troubleOf(() => one.shell.unlock(PASSPHRASE, 1))).to.equal('no-wallet');
    expect(await troubleOf(() => one.shell.create('x'))).to.equal('wallet-exists');
  });

  it('refuses a document of other words, though it is well-formed', async () => {
    const [one, other] = [await made(), world()];
    must(await other.shell.restore(WORDS, PASSPHRASE));
    writeFileSync(pathOf(one), readFileSync(pathOf(other)));
    one.open();
    expect(await troubleOf(() => one.shell.unlock(PASSPHRASE, 1))).to.equal('wallet-damaged');
    expect(one.shell.status().state).to.equal('locked');
  });

  it('says that a file is cut off, harms it not, and goes on when it is mended', async () => {
    const one = await made();
    for (const name of [VAULT_FILE, DOCUMENT_FILE]) {
      const whole = readFileSync(pathOf(one, name), 'utf8');
      writeFileSync(pathOf(one, name), whole.slice(0, -30));
      one.open();
      const trouble = await troubleOf(() => one.shell.unlock(PASSPHRASE, 1));
      expect(trouble, name).to.equal('wallet-damaged');
      await one.shell.tick();
      expect(readFileSync(pathOf(one, name), 'utf8')).to.equal(whole.slice(0, -30));
      writeFileSync(pathOf(one, name), whole);
      expect((await one.shell.unlock(PASSPHRASE, 1)).state).to.equal('unlocked');
    }
    expect(one.log.join('')).to.match(/the wallet is in trouble .*wallet\.json is damaged\./);
  });

  it('watches addresses without any words', async () => {
    const one = world();
    const view = must(await one.shell.watch(text(one, 0), 'genesis'));
    expect(view.balance.confirmed).to.equal(1_000_000);
    expect(must(await one.shell.balance(text(one, 0))).confirmed).to.equal(1_000_000);
    const again = await one.shell.watch(text(one, 0), '');
    expect(again.ok ? '' : again.error.code).to.equal('already-watched');
    await one.shell.create(PASSPHRASE);
    expect(await one.shell.watched()).to.have.length(1);
    expect(must(await one.shell.balance(undefined)).confirmed).to.equal(0);
  });

  it('passes on a payment of others, and keeps nothing of it', async () => {
    const [one, other] = [world(), await made()];
    other.give(must(await other.shell.address('main')), 50_000);
    one.ledger.blocks = other.ledger.blocks;
    const { transaction } = must(await other.pay(text(one), 1_000));
    expect(must(await one.shell.send(transaction.bytes, AS_IT_IS)).isOwn).to.equal(false);
    expect(one.ledger.waiting(transaction.txid)).to.not.equal(undefined);
    expect(existsSync(pathOf(one))).to.equal(false);
    one.mine();
    // Its coins are spent, by itself.
    const again = must(await one.shell.send(transaction.bytes, AS_IT_IS));
    expect([again.isOwn, again.isInChain, one.sentCount]).to.deep.equal([false, true, 1]);
  });
});
