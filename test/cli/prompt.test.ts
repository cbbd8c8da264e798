import { spawn, spawnSync } from 'node:child_process';
import { extname, join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../support/paths.js';
import { until } from '../support/programs.js';
import { skip } from '../support/skip.js';

const PROGRAM = join(
  import.meta.dirname,
  ...['..', 'support', `promptProgram${extname(import.meta.filename)}`],
);
const words = [...process.execArgv, PROGRAM];
const hex = (text: string): string => Buffer.from(text).toString('hex');

describe('cli/prompt', function () {
  this.timeout(30_000);

  it('takes piped lines, one for each question', () => {
    const { stdout } = spawnSync(process.execPath, words, {
      ...{ input: ' Alice \npass word \ny\n', encoding: 'utf8', cwd: projectRoot },
    });
    expect(stdout).to.equal(`heard ${JSON.stringify(['Alice', hex('pass word '), true])}\n`);
  });

  it('takes the end of the input for no answer', () => {
    const { stdout, stderr } = spawnSync(process.execPath, words, {
      ...{ input: 'Alice\n', encoding: 'utf8', cwd: projectRoot },
    });
    expect(stdout).to.equal('');
    expect(stderr).to.match(/Standard input ended before the answer/);
  });

  it('shows nothing of a passphrase on a terminal, and takes letters back', async function () {
    if (spawnSync('script', ['--version']).error !== undefined) skip(this, 'no script(1) here');
    const command = [process.execPath, ...words].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: projectRoot });
    let seen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (seen += text));
    const ended = new Promise((resolve) => child.once('close', resolve));
    const answer = async (question: string, text: string): Promise<void> => {
      await until(question, 20_000, () => seen.includes(question) || undefined);
      child.stdin.write(text);
    };
    await answer('Name? ', 'Bob\n');
    await answer('Secret? ', 'horsf\u007fe\r');
    await answer('Sure?', 'n\n');
    await ended;
    expect(seen).to.include(`heard ${JSON.stringify(['Bob', hex('horse'), false])}`);
    expect(seen).to.not.include('hors');
  });
});
