/** How `npm test` runs its parts: at once, told one after another, with one result. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';

import { projectRoot } from '../support/paths.js';
import { isRunning, runToEnd, start, until, type Ended } from '../support/programs.js';

const SCRIPT = pathToFileURL(join(projectRoot, 'scripts', 'sideBySide.mjs')).href;
const WAIT_MS = 20_000;

/** Node's parameters for a program that runs each of `programs`. */
function sideBySide(...programs: readonly string[]): string[] {
  const parameters = JSON.stringify(programs.map((code) => ['-e', code]));
  const run = `process.exitCode = await runSideBySide(${parameters}) ? 0 : 1;`;
  const code = `import { runSideBySide } from ${JSON.stringify(SCRIPT)}; ${run}`;
  return ['--input-type=module', '-e', code];
}

const runParts = (...programs: readonly string[]): Promise<Ended> =>
  runToEnd(process.execPath, sideBySide(...programs));

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

describe('project: parts of the tests side by side', () => {
  it('tells one after the other, and ends with the sum', async () => {
    const { code, stdout } = await runParts(
      `setTimeout(() => console.log('first\\n3 passed, 0 failed, 1 skipped'), 500)`,
      `console.log('second\\n40 passed, 0 failed, 2 skipped')`,
    );
    expect(code).to.equal(0);
    expect(stdout).to.match(/first.*3 passed.*second.*40 passed/s);
    expect(lastLine(stdout)).to.equal('43 passed, 0 failed, 3 skipped');
  });

  it('is red when any of them is', async () => {
    const red = `console.log('1 passed, 1 failed, 0 skipped'); process.exitCode = 1`;
    const green = `console.log('5 passed, 0 failed, 0 skipped')`;
    for (const parts of [
      [red, green],
      [green, red],
    ]) {
      const { code, stdout } = await runParts(...parts);
      expect(code).to.equal(1);
      expect(lastLine(stdout)).to.equal('6 passed, 1 failed, 0 skipped');
    }
  });

  it('says so, and is red, when one ends before it has a result', async () => {
    const green = `console.log('5 passed, 0 failed, 0 skipped')`;
    const silent = await runParts(green, `console.error('it broke')`);
    expect(silent.code).to.equal(1);
    expect(silent.stdout).to.match(/it broke.*ended without a result/s);
    const killed = await runParts(green, `process.kill(process.pid, 'SIGKILL')`);
    expect(killed.code).to.equal(1);
    expect(killed.stdout).to.match(/ended without a result \(SIGKILL\)/);
    expect(lastLine(killed.stdout)).to.equal('5 passed, 0 failed, 0 skipped');
  });

  it('ends them all when it is told to', async () => {
    const waits = `console.log('pid ' + process.pid); setInterval(() => {}, 1000)`;
    const running = start(process.execPath, sideBySide(waits, waits));
    const pid = await until('the first', WAIT_MS, () => /pid (\d+)/.exec(running.output())?.[1]);
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.ended;
    expect(code).to.equal(1);
    const pids = [...stdout.matchAll(/pid (\d+)/g)].map(([, one]) => Number(one));
    expect(pids).to.include(Number(pid));
    expect(pids.filter(isRunning)).to.deep.equal([]);
  }).timeout(WAIT_MS);
});
