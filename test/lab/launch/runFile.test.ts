import { expect } from 'chai';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publish, running, withdraw, type RunFile } from '../../../lab/launch/runFile.js';

describe('launch/runFile', () => {
  let folder: string;
  let runningFolder: string;
  let run: RunFile;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-run-'));
    runningFolder = join(folder, 'running');
    run = {
      kind: 'network',
      network: 'local-1',
      networkId: 'ab',
      pid: process.pid,
      startedUnix: 1,
      dataDirectory: folder,
      control: { port: 1, token: 'secret' },
      nodes: [],
    };
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is found by other commands until it is withdrawn', () => {
    publish(run, runningFolder);
    expect(running(runningFolder)).to.deep.equal([run]);
    withdraw(run, runningFolder);
    expect(running(runningFolder)).to.deep.equal([]);
    expect(existsSync(join(folder, 'run.json'))).to.equal(false);
  });

  it('can be read by its owner only, because it holds a token', () => {
    publish(run, runningFolder);
    expect(statSync(join(folder, 'run.json')).mode & 0o777).to.equal(0o600);
  });

  it('forgets what a killed process left behind', () => {
    // The largest pid that Linux can give is 2^22.
    publish({ ...run, pid: 2 ** 22 + 1 }, runningFolder);
    expect(running(runningFolder)).to.deep.equal([]);
    expect(readdirSync(runningFolder)).to.deep.equal([]);
  });

  it('finds nothing where nothing ever ran', () => {
    expect(running(join(folder, 'never'))).to.deep.equal([]);
  });
});
