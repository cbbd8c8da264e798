import { existsSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { isSigned, readPaymentFile, writePaymentFile } from '../../cli/paymentFiles.js';
import { encodeAddress } from '../../shared/consensus/address.js';
import { owner } from '../support/blocks.js';
import { FIRST_ADDRESS, must, WORDS } from '../support/purse.js';
import { Sandbox } from '../support/sandbox.js';
import { PASSPHRASE, WalletWorld } from '../support/walletWorld.js';

/** The command over a vault and a payment that it can sign, without a node. */
describe('cli/txSign', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;
  let txid: string;

  before(async () => {
    sandbox = new Sandbox();
    const world = new WalletWorld(sandbox.home);
    const { shell, network } = world;
    must(await shell.restore(WORDS, PASSPHRASE));
    world.give(FIRST_ADDRESS, 50_000);
    const to = encodeAddress(network.params.prefix, owner(2).address);
    const wish = { from: 'main', to, amount: 700, feeRate: 1_000, memo: new Uint8Array(0) };
    const { file } = must(await shell.plan(wish));
    shell.close();
    ({ txid } = file.transaction);
    writePaymentFile(sandbox.path('p.json'), file);
    writeFileSync(sandbox.path('pass'), `${PASSPHRASE}\n`);
  });
  after(() => sandbox.close());

  /** Flags that leave nothing to ask but whether to sign; standard input is empty. */
  const sign = (out: string, ...flags: string[]) =>
    sandbox.run(
      ...['tx', 'sign', sandbox.path('p.json'), '--out', out, ...flags],
      ...['--wallet', sandbox.path('wallet.vault'), '--passphrase-file', sandbox.path('pass')],
    );

  it('refuses --json without --yes: nobody saw what it would sign', async () => {
    const out = sandbox.path('blind.json');
    const { code, output } = await sign(out, '--json');
    expect(output).to.equal(
      '--json shows nothing to agree to before it is done. Add --yes, or leave --json out.\n',
    );
    expect([code, existsSync(out)]).to.deep.equal([1, false]);
  });

  it('shows the payment and asks; it signs nothing where no answer comes', async () => {
    const out = sandbox.path('unanswered.json');
    const { code, stdout, output } = await sign(out);
    expect(stdout).to.match(/^inputs +50000 {2}1 coin\nto +700 {2}cairndev1/);
    expect(output.slice(stdout.length)).to.match(/^Standard input ended before the answer\./);
    expect([code, existsSync(out)]).to.deep.equal([1, false]);
  });

  it('signs with --json beside --yes, and tells what it wrote', async () => {
    const out = sandbox.path('signed.json');
    const { code, output } = await sign(out, '--json', '--yes');
    expect(code, output).to.equal(0);
    expect(JSON.parse(output)).to.deep.equal({ file: out, txid, missing: 0, lockHeight: 0 });
    expect(isSigned(readPaymentFile(out))).to.equal(true);
  });
});
