import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { Vault } from '../../../peer/storage/vault.js';
import { utf8 } from '../../../shared/bytes.js';
import { systemEntropy } from '../../../shared/io/systemEntropy.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { seededRng } from '../../../shared/rng.js';
import { temporaryFolders } from '../../support/folders.js';

const CONTENT = utf8('{"words":"abandon abandon about"}');

/** The code of the trouble that `work` ends with. */
async function troubleOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    expect(`${error.message} ${error.advice}`).to.match(/^[^\n]+\. [^\n]+\.$/u);
    return error.code;
  }
  return 'none';
}

describe('storage/vault', function () {
  this.timeout(60_000);
  const newFolder = temporaryFolders();
  const open = (path: string, passphrase: string) => Vault.open(path, passphrase, systemEntropy);

  async function made(passphrase = 'Äpfel & pears'): Promise<{ path: string; vault: Vault }> {
    const path = join(newFolder(), 'wallet');
    return { path, vault: await Vault.create(path, passphrase, CONTENT, systemEntropy) };
  }

  it('gives back what was put in, to who has the passphrase, and is for its owner', async () => {
    const { path } = await made();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readFileSync(path, 'utf8')).to.not.include('abandon');
    // The same letters, composed in another way.
    const { vault, content } = await open(path, 'A\u0308pfel & pears');
    expect(content).to.deep.equal(CONTENT);
    vault.save(utf8('more'));
    expect((await open(path, 'Äpfel & pears')).content).to.deep.equal(utf8('more'));
  });

  it('seals the same content to other bytes each time', async () => {
    const { path, vault } = await made();
    const before = readFileSync(path, 'utf8');
    vault.save(CONTENT);
    expect(readFileSync(path, 'utf8').split('\n')[1]).to.not.equal(before.split('\n')[1]);
  });

  it('tells a wrong passphrase from a damaged file, and harms neither', async () => {
    const { path } = await made();
    const text = readFileSync(path, 'utf8');
    expect(await troubleOf(open(path, 'apples'))).to.equal('wrong-passphrase');
    expect(await troubleOf(open(path, ''))).to.equal('wrong-passphrase');
    const codes = new Set<string>();
    const rng = seededRng(5);
    const cuts = Array.from({ length: 20 }, () => text.slice(0, rng.below(text.length)));
    const flips = Array.from({ length: 20 }, () => {
      const at = rng.below(text.length);
      const other = String.fromCharCode(text.charCodeAt(at) ^ (1 << rng.below(6)));
      return text.slice(0, at) + other + text.slice(at + 1);
    });
    for (const damaged of [...cuts, ...flips, `${text}\n`, 'null\n\n', '{}\nAAAA\n']) {
      if (damaged === text) continue;
      writeFileSync(path, damaged);
      const code = await troubleOf(open(path, 'Äpfel & pears'));
      expect(code, damaged).to.be.oneOf(['wallet-damaged', 'wrong-passphrase', 'wallet-too-new']);
      codes.add(code);
      expect(readFileSync(path, 'utf8')).to.equal(damaged);
    }
    expect([...codes]).to.include('wallet-damaged');
  });

  it('asks no more memory of us than a gigabyte, whatever the file says', async () => {
    const { path } = await made();
    for (const cost of ['"n":1073741824', '"n":65535', '"n":0', '"n":"65536"', '"n":1e99']) {
      writeFileSync(path, readFileSync(path, 'utf8').replace(/"n":[^,]+/u, cost));
      expect(await troubleOf(open(path, 'x')), cost).to.equal('wallet-damaged');
    }
  });

  it('says what else is the matter', async () => {
    const { path, vault } = await made();
    const text = readFileSync(path, 'utf8');
    expect(await troubleOf(Vault.create(path, 'x', CONTENT, systemEntropy))).to.equal(
      'wallet-exists',
    );
    expect(await troubleOf(open(join(newFolder(), 'none'), 'x'))).to.equal('no-wallet');
    writeFileSync(path, text.replace('"cairnVault":1', '"cairnVault":2'));
    expect(await troubleOf(open(path, 'x'))).to.equal('wallet-too-new');
    rmSync(dirname(path), { recursive: true });
    const saved = new Promise<void>((resolve) => {
      vault.save(CONTENT);
      resolve();
    });
    expect(await troubleOf(saved)).to.equal('no-folder');
  });
});
