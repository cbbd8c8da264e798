/** What somebody sees who has just cloned the project and has nothing but Node. */

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';

import { projectRoot } from '../support/paths.js';
import { runToEnd, type Ended } from '../support/programs.js';
import { startTwoPeers, stopTwoPeers, twoPeersIn, untilBlockMined } from './twoPeers.js';

const RUN_TIMEOUT_MS = 330_000;
const BUILD_TIMEOUT_MS = 120_000;
const REMOVAL_TIMEOUT_MS = 60_000;

describe('project: the first run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-clone-'));
  const clone = join(folder, 'clone');

  before(() => {
    for (const path of ownFiles()) {
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      cpSync(join(projectRoot, path), join(clone, path));
    }
  });

  after(function () {
    this.timeout(REMOVAL_TIMEOUT_MS);
    rmSync(folder, { recursive: true, force: true });
  });

  it('says that Node is too old, and which one it needs', async () => {
    const old = `Object.defineProperty(process, 'versions', { value: { node: '18.20.1' } })`;
    const { code, output } = await runScript('start', [], {
      nodeFlags: ['--import', `data:text/javascript,${old}`],
    });
    expect(code).to.equal(1);
    expect(output).to.contain('needs Node 20.19 or newer; this is Node 18.20.1');
  });

  it('says what to do without a network', async () => {
    const npm = standIn(`console.error('npm error code ENOTFOUND'); process.exit(1);`);
    const { code, output } = await runScript('start', [], { npm });
    expect(code).to.equal(1);
    expect(output).to.contain('npm registry cannot be reached');
  });

  it('names the package that needs a compiler', async () => {
    const npm = standIn(`console.error('gyp ERR! stack Error: not found: make'); process.exit(1);`);
    const { code, output } = await runScript('test', [], { npm });
    expect(code).to.equal(1);
    expect(output).to.contain('better-sqlite3 had to be compiled');
  });

  it('says that the headers of Node are missing, and not that it needs a compiler', async () => {
    const line = 'npm error gyp ERR! stack is related to network connectivity. In most cases …';
    const npm = standIn(`console.error('${line}'); process.exit(1);`);
    const { code, output } = await runScript('test', [], { npm });
    expect(code).to.equal(1);
    expect(output).to.contain('the headers of Node could not be');
    expect(output).to.not.contain('C++ compiler');
  });

  it('installs, builds, says so, and runs a network', async () => {
    const home = join(folder, 'home');
    const network = await startTwoPeers(
      process.execPath,
      [join(clone, 'scripts', 'start.mjs'), ...twoPeersIn(home)],
      { home, cwd: clone, env: environment(standIn(linkLibraries)) },
    );
    await untilBlockMined(network);
    await stopTwoPeers(network);
    expect(network.running.output()).to.match(/Installing \d+ libraries.*half a minute/s);
    expect(network.running.output()).to.match(/Compiling/);
  }).timeout(RUN_TIMEOUT_MS);

  it('does nothing twice', async () => {
    const { code, output } = await runScript('build', []);
    expect(code).to.equal(0);
    expect(output).to.equal('');
  });

  it('forgets the compiled form of a source that is gone, and makes no other anew', async () => {
    const source = join(clone, 'test', 'project', 'firstRun.test.ts');
    const compiled = join(clone, 'dist', 'test', 'project', 'firstRun.test.js');
    expect(existsSync(compiled)).to.equal(true);
    const other = join(clone, 'dist', 'cli', 'cairn.js');
    const { mtimeMs } = statSync(other);
    rmSync(source);
    const { code, output } = await runScript('build', []);
    expect(code, output).to.equal(0);
    expect(existsSync(compiled)).to.equal(false);
    expect(statSync(other).mtimeMs).to.equal(mtimeMs);
  }).timeout(BUILD_TIMEOUT_MS);

  /** A program in npm's place. What npm itself does, each fresh clone in CI shows. */
  function standIn(code: string): string {
    const file = join(folder, 'npm-cli.js');
    writeFileSync(file, code);
    return file;
  }

  function runScript(
    name: string,
    parameters: readonly string[],
    { npm, nodeFlags = [] }: { npm?: string; nodeFlags?: readonly string[] } = {},
  ): Promise<Ended> {
    const script = join(clone, 'scripts', `${name}.mjs`);
    const options = { cwd: clone, env: environment(npm) };
    return runToEnd(process.execPath, [...nodeFlags, script, ...parameters], options);
  }
});

/** `npm ci`, in a tenth of a second: the libraries of this checkout. */
const linkLibraries = `
const { symlinkSync } = require('node:fs');
symlinkSync(${JSON.stringify(join(projectRoot, 'node_modules'))}, 'node_modules', 'junction');
`;

/** What a commit of the present state would hold. */
function ownFiles(): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const paths = execFileSync('git', list, { cwd: projectRoot, encoding: 'utf8' }).split('\0');
  return paths.filter((path) => path !== '' && existsSync(join(projectRoot, path)));
}

function environment(npm: string | undefined): NodeJS.ProcessEnv {
  return { ...process.env, npm_execpath: npm };
}
