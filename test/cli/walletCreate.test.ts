import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readWords } from '../../peer/wallet/words.js';
import { unsealVault } from '../../peer/walletShell/walletFiles.js';
import { systemEntropy } from '../../shared/io/systemEntropy.js';
import { within } from '../support/programs.js';
import { must } from '../support/purse.js';
import { Sandbox, untilPrinted } from '../support/sandbox.js';

const PASSPHRASE = 'correct horse';

/** The command where no node is; what one answers, test/e2e/wallet.test.ts looks at. */
describe('cli/walletCreate', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;
  let vault: string;

  beforeEach(async () => {
    sandbox = new Sandbox();
    vault = sandbox.path('wallet.vault');
    await sandbox.json('genesis', '--template', 'dev', '--out', sandbox.path('net.json'));
  });
  afterEach(() => sandbox.close());

  const create = (passphrase?: string) => start(passphrase).ended;

  function start(passphrase = PASSPHRASE) {
    writeFileSync(sandbox.path('pass'), `${passphrase}\n`);
    return sandbox.start(
      ...['wallet', 'create', '--offline', sandbox.home, '--genesis', sandbox.path('net.json')],
      ...['--passphrase-file', sandbox.path('pass')],
    );
  }

  it('shows twelve words with a right checksum, once, and what they are', async () => {
    const { code, stdout, output } = await create();
    const [words = '', ...advice] = output.trimEnd().split('\n');
    expect([code, output]).to.deep.equal([0, stdout]);
    expect(words.split(' ')).to.have.length(12);
    expect(must(readWords(words))).to.equal(words);
    expect(output.split(words)).to.have.length(2);
    expect(advice).to.deep.equal([
      '',
      'Write these words down, in this order, and keep them where nobody else sees them: they ' +
        'are the wallet.',
      'Who has them has the coins; without them the coins are lost once this wallet or its ' +
        'passphrase is.',
      'Next: carry wallet.json, and not the vault, to the peer.',
    ]);
  });

  it('seals the words that it shows, and leaves them readable nowhere', async () => {
    const [words = ''] = (await create()).output.split('\n');
    const secret = await unsealVault(vault, PASSPHRASE, systemEntropy);
    expect(secret.words).to.equal(words);
    const files = readdirSync(sandbox.home, { recursive: true, withFileTypes: true });
    const made = files.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
    expect(made).to.include.members([vault, sandbox.path('wallet.json')]);
    for (const path of made) expect(readFileSync(path, 'latin1'), path).to.not.include(words);
  });

  it('ends once it has shown them', async () => {
    const running = start();
    await untilPrinted(running, /Next: carry/);
    const { code } = await within('the end', 1_500, running.ended);
    expect(code).to.equal(0);
  });

  it('shows no words that it does not seal: without a passphrase, or beside a wallet', async () => {
    expect(await create('')).to.include({
      ...{ code: 1, output: 'The passphrase is empty. Choose one that nobody guesses.\n' },
    });
    expect(existsSync(vault)).to.equal(false);
    await create();
    const before = readFileSync(vault, 'latin1');
    const again = await create();
    expect([again.code, again.stdout]).to.deep.equal([1, '']);
    expect(again.output).to.match(/^This node has a wallet already\./);
    expect(readFileSync(vault, 'latin1')).to.equal(before);
  });
});
