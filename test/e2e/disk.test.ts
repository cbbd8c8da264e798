import { expect } from 'chai';
import { mkdirSync, rmSync } from 'node:fs';
import { fillUpTo, FILLER, mount, unmount } from '../support/mounts.js';
import { until } from '../support/programs.js';
import { freePorts, Sandbox, statusAt, stop, untilPrinted } from '../support/sandbox.js';
import { skip } from '../support/skip.js';

/** Free bytes below which a start is refused. */
const START_BYTES_MIN = 16 * 1024 * 1024;

/** Disks that are full or cannot be written, as real file systems of their own. */
describe('e2e: the disk', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;
  let disk: string;
  let genesis: string;

  beforeEach(async function () {
    sandbox = new Sandbox();
    disk = sandbox.path('disk');
    mkdirSync(disk);
    if (!mount(['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk])) {
      skip(this, 'only root can mount a small file system');
    }
    genesis = sandbox.path('red.json');
    await sandbox.json('genesis', '--template', 'dev', '--name', 'red', '--out', genesis);
  });

  afterEach(async () => {
    await sandbox.stopAll();
    unmount(disk);
    await sandbox.close();
  });

  async function startPeer() {
    const [tcp = 0, http = 0] = await freePorts(2);
    const running = sandbox.start(
      ...['peer', '--genesis', genesis, '--data', `${disk}/data`],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)],
    );
    return { running, http };
  }

  it('stops with one clear line on a full disk, and goes on when there is room', async () => {
    const first = await startPeer();
    await untilPrinted(first.running, /the peer is up/);
    const node = ['--node', `http://127.0.0.1:${String(first.http)}`];
    await sandbox.json('mine', '3', ...node);
    fillUpTo(disk, 100_000);
    await sandbox.run('mine', 'start', '--cpu', '100', ...node);
    const { code, output } = await until('the end', 30_000, () =>
      first.running.child.exitCode === null ? undefined : first.running.ended,
    );
    expect(code, output).to.equal(1);
    expect(output.trimEnd().split('\n').at(-1)).to.match(
      /^The disk that holds .*(?:chain|index)\.sqlite is full\. Make room, or choose another/,
    );
    expect(output).not.to.match(/^ +at /m);

    const refused = await (await startPeer()).running.ended;
    expect(refused.code, refused.output).to.equal(1);
    expect(refused.output).to.match(/^The disk .*data (is full|has only 0 MB free; .*)\. .*\n$/);
    expect(refused.output).to.contain(ADVICE);

    rmSync(`${disk}/${FILLER}`);
    const verified = await sandbox.json<{ height: number }>(
      ...['chain', 'verify', '--data', `${disk}/data`],
    );
    const again = await startPeer();
    await untilPrinted(again.running, /the peer is up/);
    const status = await statusAt(again.http);
    expect(status?.height).to.equal(verified.height).and.be.at.least(3);
    await stop(again.running);
  });

  it('refuses to start where there is no room', async () => {
    fillUpTo(disk, START_BYTES_MIN - 100_000);
    const { code, output } = await (await startPeer()).running.ended;
    expect([code, output]).to.deep.equal([
      1,
      `The disk that holds ${disk}/data has only 15 MB free; a start needs 16 MB. ${ADVICE}\n`,
    ]);
  });

  it('says that it cannot write to a read-only disk, also where there is no room', async () => {
    mkdirSync(`${disk}/data`);
    fillUpTo(disk, 100_000);
    expect(mount(['-o', 'remount,ro', disk])).to.equal(true);
    const { code, output } = await (await startPeer()).running.ended;
    expect([code, output]).to.deep.equal([
      1,
      `${disk}/data cannot be written. ` +
        'Give this user the right to write there, or choose another data directory.\n',
    ]);
  });
});

const ADVICE = 'Make room, or choose another data directory; nothing that was stored is lost.';
