import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect } from 'chai';

import { DataDirectory, defaultDataDirectory } from '../../../shared/io/dataDirectory.js';
import { lockHolder } from '../../../shared/io/directoryLock.js';
import { temporaryFolders } from '../../support/folders.js';
import { type Ended, type Running, runToEnd, start, until } from '../../support/programs.js';
import { skip } from '../../support/skip.js';
import { expectTrouble, troubleOf } from '../../support/troubles.js';

describe('io/dataDirectory', () => {
  const folder = temporaryFolders();

  it('is made with all folders above it, and names its files', () => {
    const path = join(folder(), 'a', 'b');
    const directory = new DataDirectory(path, undefined);
    expect(existsSync(path)).to.equal(true);
    expect(directory.file('chain.db')).to.equal(join(path, 'chain.db'));
    directory.close();
  });

  it('has a place of its own for each kind and network, by default', () => {
    const [a, b] = [defaultDataDirectory('peer', 'lan-1'), defaultDataDirectory('tracker')];
    expect(a).to.match(/cairn.*peer.lan-1$/);
    expect(b).to.match(/cairn.*tracker$/);
  });

  it('refuses a second holder, and names the first', async () => {
    const path = folder();
    const directory = new DataDirectory(path, 'http://127.0.0.1:5000');
    const second = await troubleOf(() => new DataDirectory(path, undefined));
    expectTrouble(
      second,
      'data-directory-in-use',
      `process ${process.pid} (http://127.0.0.1:5000)`,
    );
    expect(lockHolder(path)).to.deep.equal({ pid: process.pid, address: 'http://127.0.0.1:5000' });
    directory.close();
    expect(lockHolder(path)).to.equal(undefined);
    new DataDirectory(path, undefined).close();
  });

  it('stays locked against another process, and is free as soon as that is killed', async () => {
    const path = folder();
    const holder = startHolder(path);
    await until('the lock', 10_000, () => (holder.output().includes('held') ? true : undefined));
    const refused = await troubleOf(() => new DataDirectory(path, undefined));
    expectTrouble(refused, 'data-directory-in-use', `process ${String(holder.child.pid)}.`);
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(lockHolder(path), 'a dead one is no holder').to.equal(undefined);
    new DataDirectory(path, undefined).close();
  });

  it('lets exactly one of many processes in that start together', async () => {
    const path = folder();
    const holders = [1, 2, 3, 4].map(() => startHolder(path));
    await until('an answer of each', 10_000, () =>
      holders.every((holder) => /held|in-use/.test(holder.output())) ? true : undefined,
    );
    const winners = holders.filter((holder) => holder.output().includes('held'));
    for (const { child } of holders) child.kill('SIGKILL');
    await Promise.all(holders.map(({ ended }) => ended));
    expect(winners.length).to.equal(1);
  });

  it('refuses a damaged lock file, a file in its place and a folder that cannot be', async () => {
    const path = folder();
    writeFileSync(join(path, 'lock.db'), 'x'.repeat(4_096));
    const damaged = await troubleOf(() => new DataDirectory(path, undefined));
    expectTrouble(damaged, 'lock-damaged', join(path, 'lock.db'));
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const notAFolder = await troubleOf(() => new DataDirectory(file, undefined));
    expectTrouble(notAFolder, 'not-a-folder', file);
    const below = await troubleOf(() => new DataDirectory(join(file, 'below'), undefined));
    expectTrouble(below, 'not-a-folder', join(file, 'below'));
  });

  it('refuses a folder that it may not write to', async () => {
    const path = folder();
    mkdirSync(join(path, 'sub'));
    chmodSync(path, 0o500);
    const trouble = await asNobody(() =>
      troubleOf(() => new DataDirectory(join(path, 'new'), undefined)),
    );
    chmodSync(path, 0o700);
    expectTrouble(trouble, 'not-writable', path);
  });

  it('refuses at once what the system makes no folder in', async function () {
    if (process.platform !== 'linux') skip(this, '/proc is Linux’s');
    for (const path of ['/proc/cairn', '/proc/cairn/data']) {
      const env = { ...process.env, MODULE, FOLDER: path };
      const command = ['10', process.execPath, ...NODE_ARGS];
      const { output } = await runToEnd('timeout', command, { env });
      expect(output).to.equal(`not-writable: ${path} cannot be written.`);
    }
  }).timeout(30_000);

  it('refuses the folder of the other program, and keeps its own', async () => {
    const [peers, trackers] = [folder(), folder()];
    writeFileSync(join(peers, 'chain.sqlite'), '');
    writeFileSync(join(trackers, 'registry.sqlite'), '');
    const tracker = await troubleOf(() => new DataDirectory(peers, undefined, 'tracker'));
    expectTrouble(tracker, 'other-program', `${peers} is that of a peer, not of a tracker.`);
    const peer = await troubleOf(() => new DataDirectory(trackers, undefined, 'peer'));
    expectTrouble(peer, 'other-program', `${trackers} is that of a tracker, not of a peer.`);
    expect(readdirSync(trackers)).to.deep.equal(['registry.sqlite']);
    new DataDirectory(peers, undefined, 'peer').close();
    new DataDirectory(trackers, undefined, 'tracker').close();
  });

  describe('on a disk of its own', () => {
    before(async function () {
      const probe = await onOwnDisk(folder(), 'size=32m', 'exit 0').catch(() => undefined);
      if (probe?.code !== 0) skip(this, 'mounting needs Linux and root');
    });

    it('refuses a read-only disk', async () => {
      const path = folder();
      const command = `mount -o remount,ro "$DISK" && ${holderCommand('$DISK')}`;
      const { output } = await onOwnDisk(path, 'size=32m', command);
      expect(output).to.match(/^not-writable: .* cannot be written\./m);
      const small = await onOwnDisk(path, 'size=8m', command);
      expect(small.output, 'also where there is no room').to.match(/^not-writable: /m);
      const deeper = `mount -o remount,ro "$DISK" && ${holderCommand('$DISK/new')}`;
      expect((await onOwnDisk(path, 'size=32m', deeper)).output).to.match(/^not-writable: /m);
    });

    it('refuses a full disk, and one with hardly any room', async () => {
      const fill = 'cat /dev/zero > "$DISK/fill" 2> /dev/null;';
      const full = await onOwnDisk(folder(), 'size=32m', `${fill} ${holderCommand('$DISK')}`);
      expect(full.output).to.match(/^disk-full: The disk that holds .* is full\./m);
      const small = await onOwnDisk(folder(), 'size=8m', holderCommand('$DISK'));
      expect(small.output).to.match(
        /^disk-low: The disk that holds .* has only 7 MB free; a start needs 16 MB\.$/m,
      );
    });
  });
});

/** Root may write everywhere, so what it does here it does as somebody else. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

const NOBODY = 65_534;

/** Prints `held`, or the trouble; holds for as long as it lives. */
const HOLDER = `
  const { DataDirectory } = await import(process.env.MODULE);
  try {
    new DataDirectory(process.env.FOLDER, undefined);
    process.stdout.write('held');
    setInterval(() => undefined, 60_000);
  } catch (error) {
    process.stdout.write((error.code ?? '') + ': ' + error.message);
  }`;

const MODULE = pathToFileURL(
  join(
    import.meta.dirname,
    ...['..', '..', '..', 'shared', 'io', `dataDirectory${extname(import.meta.filename)}`],
  ),
).href;

const NODE_ARGS = [...process.execArgv, '--input-type=module', '-e', HOLDER];

const startHolder = (path: string): Running =>
  start(process.execPath, NODE_ARGS, { env: { ...process.env, MODULE, FOLDER: path } });

/** A shell command that tries to hold `path`, which may use shell variables. */
const holderCommand = (path: string): string => `FOLDER="${path}" timeout 10 "$@"`;

/** Runs a shell command that finds a small file system of its own at $DISK. */
const onOwnDisk = (disk: string, options: string, command: string): Promise<Ended> =>
  runToEnd(
    'unshare',
    [
      ...['-m', 'sh', '-c', `mount -t tmpfs -o ${options} cairn "$DISK" && { ${command}; }`, 'sh'],
      ...[process.execPath, ...NODE_ARGS],
    ],
    { env: { ...process.env, MODULE, DISK: disk } },
  );
