/**
 * The package as strangers get it: packed, installed into an empty prefix, run from there. Its
 * database comes as a prebuilt binary, as for most of them; that of this checkout, which was
 * compiled here where none fitted. Of another version than the checkout's, it is compiled.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { minVersion, satisfies } from 'semver';

import { requireNativeKernel } from '../support/nativeKernel.js';
import { projectRoot } from '../support/paths.js';
import { runToEnd, type Ended } from '../support/programs.js';
import { skip } from '../support/skip.js';
import { startTwoPeers, stopTwoPeers, twoPeersIn, untilBlockMined } from './twoPeers.js';

/** Where better-sqlite3 has to be compiled, that is most of it. */
const INSTALL_TIMEOUT_MS = 600_000;
const RUN_TIMEOUT_MS = 330_000;
const REMOVAL_TIMEOUT_MS = 60_000;

describe('project: the packed program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-pack-'));
  const prefix = join(folder, 'prefix');
  const cairn = join(prefix, 'bin', 'cairn');
  const options = { cwd: folder, env: plainEnvironment() };

  before('pack and install it', async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    if (!(await isRegistryReachable())) skip(this, 'the npm registry cannot be reached');
    const packed = await npm(['pack', '--pack-destination', folder]);
    expect(packed.code, packed.output).to.equal(0);
    const file = join(folder, packed.stdout.trim().split('\n').at(-1) ?? '');
    const installed = await npm(
      [
        ...['install', '--global', '--prefix', prefix, '--allow-scripts=better-sqlite3'],
        ...['--no-audit', '--no-fund', '--prefer-offline', '--engine-strict', file],
      ],
      { npm_config_better_sqlite3_local_prebuilds: prebuiltIn(join(folder, 'prebuilt')) },
    );
    expect(installed.code, installed.output).to.equal(0);
  });

  after(function () {
    this.timeout(REMOVAL_TIMEOUT_MS);
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds programs, documents and nothing else', async () => {
    const { stdout } = await npm(['pack', '--ignore-scripts', '--dry-run', '--json']);
    const [packed] = JSON.parse(stdout) as [{ files: readonly { path: string }[] }];
    const paths = packed.files.map(({ path }) => path);
    expect(paths).to.include.members(['dist/cli/cairn.js', 'config.example.json', 'LICENSE']);
    expect(paths).to.include.members(['native/addon.c', 'native/sha256d.h']);
    const surplus = /\.(ts|map|tsbuildinfo|node)$|^dist\/(test|bench)\//;
    expect(paths.filter((path) => surplus.test(path))).to.deep.equal([]);
  }).timeout(30_000);

  it('has libraries that run on the oldest Node it promises', () => {
    const packages = packagesIn(join(prefix, 'lib', 'node_modules'));
    const ours = packages.find(({ name }) => name === 'cairn-network');
    const oldest = minVersion(ours?.engines?.node ?? '')?.version ?? '';
    expect(oldest).to.equal('20.19.0');
    const names = packages.map(({ name }) => name);
    expect(names).to.include.members(['cookie', 'content-disposition', 'better-sqlite3']);
    const tooNew = packages
      .filter(({ engines }) => !satisfies(oldest, engines?.node ?? '*'))
      .map(({ name, version, engines }) => `${name}@${version} wants ${engines?.node ?? ''}`);
    expect(tooNew).to.deep.equal([]);
  });

  it('compiles the native kernel where this checkout could', function () {
    requireNativeKernel(this);
    const file = join(prefix, 'lib/node_modules/cairn-network/dist/native/kernel.node');
    expect(existsSync(file)).to.equal(true);
  });

  it('tells the versions of program, protocol and schema', async () => {
    const { code, stdout } = await runToEnd(cairn, ['--version'], options);
    expect(code).to.equal(0);
    expect(stdout).to.match(/\d+\.\d+\.\d+/);
    expect(stdout).to.match(/protocol\D+\d+/i);
    expect(stdout).to.match(/schema\D+\d+/i);
  });

  it('runs a network that mines, and leaves no process behind', async () => {
    const home = join(folder, 'home');
    const network = await startTwoPeers(cairn, ['network', 'up', ...twoPeersIn(home)], {
      ...options,
      home,
    });
    await untilBlockMined(network);
    const [page] = network.run.nodes.filter(({ role }) => role === 'peer');
    expect((await fetch(`${page?.httpUrl ?? ''}/docs`)).status).to.equal(200);
    await stopTwoPeers(network);
  }).timeout(RUN_TIMEOUT_MS);
});

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly engines?: { readonly node?: string };
}

/** Every package that npm put into `modules`, also into the modules of one of them. */
function packagesIn(modules: string): Installed[] {
  return readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .filter((path) => MANIFEST.test(path.replaceAll('\\', '/')))
    .map((path) => JSON.parse(readFileSync(join(modules, path), 'utf8')) as Installed);
}

/** A package.json at the top of a package; some have others below that mean something else. */
const MANIFEST = /(^|\/node_modules\/)(@[^/]+\/)?[^@/][^/]*\/package\.json$/;

const REGISTRY_PATIENCE = ['--fetch-timeout=8000', '--fetch-retries=1'];

async function isRegistryReachable(): Promise<boolean> {
  const { code } = await npm(['view', 'better-sqlite3', 'version', ...REGISTRY_PATIENCE]);
  return code === 0;
}

function npm(parameters: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const env = { ...plainEnvironment(), ...more };
  return runToEnd('npm', parameters, { cwd: projectRoot, env });
}

/** The checkout's own database library, in `folder`, as its authors pack theirs for downloading. */
function prebuiltIn(folder: string): string {
  const library = join(projectRoot, 'node_modules', 'better-sqlite3');
  const manifest = readFileSync(join(library, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const { platform, arch, versions } = process;
  const name = `better-sqlite3-v${version}-node-v${versions.modules}-${platform}-${arch}.tar.gz`;
  mkdirSync(folder);
  const binary = 'build/Release/better_sqlite3.node';
  execFileSync('tar', ['-czf', join(folder, name), '-C', library, binary]);
  return folder;
}

/** Ours, without our own settings and without what the npm around us tells about this project. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const ofProject =
    /^(CAIRN_|NODE_OPTIONS$|npm_(package|lifecycle|config_((local|global)_)?prefix))/;
  const kept = Object.entries(process.env).filter(([name]) => !ofProject.test(name));
  return Object.fromEntries(kept);
}
