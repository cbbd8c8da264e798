import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoFile } from '../../../lab/launch/demoFile.js';
import { NETWORK_FILE, openNetwork } from '../../../lab/launch/networkFile.js';
import type { NetworkOptions } from '../../../lab/launch/networkPlan.js';
import { CHAIN_FILE, openStore } from '../../../peer/storage/openStore.js';
import { demoAddress } from '../../../peer/wallet/demoWallets.js';
import { networkOf, type Network } from '../../../shared/consensus/genesis.js';
import { printParamsJson } from '../../../shared/consensus/paramsJson.js';
import { template } from '../../../shared/consensus/templates.js';
import { Trouble } from '../../../shared/io/trouble.js';
import type { UnixSeconds } from '../../../shared/units.js';
import { temporaryFolders } from '../../support/folders.js';

const OPTIONS: NetworkOptions = {
  name: 'local',
  template: 'dev',
  isTemplateChosen: false,
  peers: 2,
  host: '127.0.0.1',
  mine: true,
  cpuPercent: 40,
  kernel: 'node',
  log: { format: 'text', level: 'info' },
};

const networkCalled = (name: string): Network => {
  const salt = new Uint8Array(16).fill(name.length);
  return networkOf(template('dev', { name, salt, time: 1_700_000_000 as UnixSeconds }));
};
const RED = networkCalled('red');
const GREEN = networkCalled('green');

describe('launch/networkFile', () => {
  const newFolder = temporaryFolders();
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });

  /** A peer's folder with a chain of `network`. */
  function store(name: string, network: Network): void {
    mkdirSync(join(folder, name));
    openStore(join(folder, name, CHAIN_FILE), network).store.close();
  }

  function storeNonsense(name: string): void {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, CHAIN_FILE), 'no database at all '.repeat(500));
  }

  const writeFile = (text: string): void => {
    writeFileSync(join(folder, NETWORK_FILE), text);
  };

  async function troubleOf(options = OPTIONS): Promise<Trouble> {
    const before = existsSync(join(folder, NETWORK_FILE));
    const error: unknown = await openNetwork(folder, options).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Trouble);
    expect(existsSync(join(folder, NETWORK_FILE)), 'nothing was made').to.equal(before);
    return error as Trouble;
  }

  it('makes a network where nothing ever ran, and goes on with it', async () => {
    const made = await openNetwork(folder, OPTIONS);
    expect(made.origin).to.match(/^Made network local-[0-9a-f]{6} in /);
    const again = await openNetwork(folder, OPTIONS);
    expect(again.network.id).to.equal(made.network.id);
    expect([made.hasRun, again.hasRun]).to.deep.equal([false, false]);
  });

  it('pays an account of each peer; their words stay in a file for its owner', async () => {
    const { network, demo } = await openNetwork(folder, OPTIONS);
    expect(demo?.accounts.map(({ name }) => name)).to.deep.equal(['Alice', 'Bob']);
    expect(network.params.allocations).to.deep.equal(
      demo?.accounts.map((account) => ({ amount: 5_000_000_000, address: demoAddress(account) })),
    );
    expect(statSync(demoFile(folder)).mode & 0o777).to.equal(0o600);
    expect((await openNetwork(folder, OPTIONS)).demo).to.deep.equal(demo);
  });

  it('has no accounts where the file is gone, or is that of another network', async () => {
    await openNetwork(folder, OPTIONS);
    const of = readFileSync(demoFile(folder), 'utf8');
    writeFileSync(demoFile(folder), of.replace(/"networkId": "..../, '"networkId": "ffff'));
    expect((await openNetwork(folder, OPTIONS)).demo).to.equal(undefined);
    rmSync(demoFile(folder));
    expect((await openNetwork(folder, OPTIONS)).demo).to.equal(undefined);
  });

  it('makes the file again from the chains, also where some are damaged', async () => {
    store('Alice', RED);
    storeNonsense('Bob');
    const opened = await openNetwork(folder, OPTIONS);
    expect(opened.network.id).to.equal(RED.id);
    expect(opened.hasRun).to.equal(true);
    expect(opened.origin).to.include('network.json was missing; made again from the chains.');
    expect(readFileSync(join(folder, NETWORK_FILE), 'utf8')).to.equal(printParamsJson(RED.params));
  });

  it('never makes a network where chains are that do not tell theirs', async () => {
    storeNonsense('Alice');
    expect((await troubleOf()).message).to.include('no chain beside it can be read');
    store('Bob', RED);
    store('Carol', GREEN);
    const several = await troubleOf();
    expect(several.code).to.equal('no-network-file');
    expect(several.message).to.include(
      `several networks: red (${RED.id.slice(0, 8)}), green (${GREEN.id.slice(0, 8)})`,
    );
  });

  it('refuses a file of which no chain is', async () => {
    writeFile(printParamsJson(RED.params));
    store('Alice', GREEN);
    const { code, message, advice } = await troubleOf();
    expect(code).to.equal('other-network');
    expect(message).to.match(/is of network red \(\w{8}\), but the chains beside it are of green/);
    expect(advice).to.include('the next start makes it again from the chains');
    store('Bob', RED);
    expect((await openNetwork(folder, OPTIONS)).network.id).to.equal(RED.id);
  });

  it('advises no new file where the file is damaged', async () => {
    writeFile('{}');
    expect((await troubleOf()).advice).to.equal(
      'Put the right file there, or begin anew with --fresh.',
    );
    store('Alice', RED);
    expect((await troubleOf()).advice).to.match(/^Move the file away, and the next start makes it/);
  });

  it('refuses another template than the one that was named', async () => {
    store('Alice', RED);
    const options: NetworkOptions = { ...OPTIONS, template: 'lan', isTemplateChosen: true };
    expect((await troubleOf(options)).code).to.equal('other-template');
  });
});
