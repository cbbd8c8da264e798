/** The native kernel where it can be compiled, and everywhere else: one line, and no harm. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

import { requireNativeKernel } from '../support/nativeKernel.js';
import { projectRoot } from '../support/paths.js';
import { runToEnd, type Ended } from '../support/programs.js';

/** What the package has of it. */
const SCRIPTS = ['installNative', 'native', 'run'].map((name) => `scripts/${name}.mjs`);
const COMPILE_TIMEOUT_MS = 60_000;

describe('project: the native kernel', function () {
  this.timeout(COMPILE_TIMEOUT_MS);
  let folder: string;
  let addon: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-native-'));
    addon = join(folder, 'dist', 'native', 'kernel.node');
    for (const path of [...SCRIPTS, 'native']) {
      cpSync(join(projectRoot, path), join(folder, path), { recursive: true });
    }
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is compiled by an installation, and anew only when its sources changed', async function () {
    requireNativeKernel(this);
    expect(await install()).to.include({ code: 0, output: '' });
    const module = createRequire(import.meta.url)(addon) as object;
    expect(Object.keys(module)).to.include('plain C');
    const { mtimeMs } = statSync(addon);
    expect(await install()).to.include({ code: 0, output: '' });
    expect(statSync(addon).mtimeMs).to.equal(mtimeMs);
    writeFileSync(join(folder, 'native', 'more.c'), 'int more;\n');
    expect(await install()).to.include({ code: 0, output: '' });
    expect(statSync(addon).mtimeMs).to.be.above(mtimeMs);
  });

  it('is left out with one line, at each try, where there is no compiler', async function () {
    requireNativeKernel(this);
    for (let tries = 0; tries < 2; tries++) {
      await expectLine({ CC: 'no-such-compiler' }, 'there is no C compiler (no-such-compiler)');
    }
  });

  it('is left out with one line where the headers of Node are missing', async () => {
    const elsewhere = `process.execPath = '/nowhere/bin/node'`;
    const env = { npm_config_nodedir: undefined };
    await expectLine(env, 'node_api.h', ['--import', `data:text/javascript,${elsewhere}`]);
  });

  it('is left out with one line on Windows', async () => {
    const windows = `Object.defineProperty(process, 'platform', { value: 'win32' })`;
    await expectLine({}, 'not made for Windows', ['--import', `data:text/javascript,${windows}`]);
  });

  it('is left out with one line where it does not compile; the old one goes', async function () {
    requireNativeKernel(this);
    await install();
    expect(existsSync(addon)).to.equal(true);
    writeFileSync(join(folder, 'native', 'more.c'), 'this is no C;\nnor is this;\n');
    await expectLine({}, 'failed (');
    expect(existsSync(addon)).to.equal(false);
    rmSync(join(folder, 'native', 'more.c'));
    expect(await install()).to.include({ code: 0, output: '' });
    expect(existsSync(addon)).to.equal(true);
  });

  it('is left out with one line where the sources are gone or nothing can be written', async () => {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist', 'native'), 'a file in its place');
    await expectLine({}, 'EEXIST');
    rmSync(join(folder, 'native'), { recursive: true });
    await expectLine({}, 'ENOENT');
  });

  async function expectLine(
    env: NodeJS.ProcessEnv,
    reason: string,
    nodeFlags: readonly string[] = [],
  ): Promise<void> {
    const { code, stdout, output } = await install(env, nodeFlags);
    expect(code).to.equal(0);
    expect(stdout).to.equal('');
    expect(output).to.match(/^The native mining kernel is left out: .*\.\n$/);
    expect(output).to.include(reason);
  }

  function install(env: NodeJS.ProcessEnv = {}, nodeFlags: readonly string[] = []): Promise<Ended> {
    const parameters = [...nodeFlags, join(folder, 'scripts', 'installNative.mjs')];
    const options = { cwd: folder, env: { ...process.env, ...env } };
    return runToEnd(process.execPath, parameters, options);
  }
});
