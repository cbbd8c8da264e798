import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { HostNetwork, type HostPeer } from '../support/hostNetwork.js';
import { until, type Running } from '../support/programs.js';
import { stop, untilPrinted } from '../support/sandbox.js';
import { skip } from '../support/skip.js';
import { SlowLine } from '../support/slowLine.js';
import { SmallDisk } from '../support/smallDisk.js';

/** From the healing of a line to one tip on all hosts. */
const AGREE_MS = 5_000;
/** TCP sends again after 12.8 s of silence, and then after 25.6 s. */
const CUT_MS = 20_000;
/** Four silences of up to 18 s each, and some time to look. */
const PINGS_MISSED_MS = 90_000;
const MEGABYTE = 1_048_576;

/** A tracker, and peers on four more hosts: two beside it and two on another switch. */
interface Five {
  readonly network: HostNetwork;
  readonly tracker: Running;
  readonly left: readonly [HostPeer, HostPeer];
  readonly right: readonly [HostPeer, HostPeer];
}

/** Hosts of their own, with the commands of the README and all defaults. */
describe('e2e: several hosts', function () {
  this.timeout(120_000);

  const networks: HostNetwork[] = [];
  let five: Five;
  /** Another five for what takes a minute: their line is cut meanwhile, and one host stopped. */
  let patient: Five;

  before(async function () {
    for (let i = 0; i < 2; i++) {
      const network = HostNetwork.of(3, 2);
      if (typeof network === 'string') skip(this, network);
      networks.push(network);
    }
    [five, patient] = (await Promise.all(networks.map(startFive))) as [Five, Five];
    await patient.network.meet(all(patient));
    patient.network.lan.cut();
    patient.left[1].running.child.kill('SIGSTOP');
  });
  afterEach(() => {
    five.network.lan.heal();
  });
  after(() => Promise.all(networks.map((network) => network.close())));

  it('join with nothing but the address of the tracker, mine and agree', async () => {
    const { network, left } = five;
    await network.meet(all(five));
    await network.agree(all(five), await network.mine(left[0], 5));
  });

  it('agree within 5 s of the healing when two halves mined 50 and 51 blocks', async () => {
    const { network, left, right } = five;
    network.lan.cut();
    const cut = delay(CUT_MS);
    const [short, long] = await Promise.all([
      network.mine(left[0], 50),
      network.mine(right[0], 51),
    ]);
    await Promise.all([network.agree(left, short), network.agree(right, long)]);
    await cut;
    network.lan.heal();
    expect(await network.agree(all(five), long)).to.be.at.most(AGREE_MS);
  });

  it('agree over a line that delays everything and loses some of it', async function () {
    const { network, left, right } = five;
    const line = await SlowLine.between(network.lan, { delayMs: 100, lostShare: 0.03 });
    if (typeof line === 'string') skip(this, line);
    try {
      expect(await network.connectMs(right[0], 0)).to.be.at.least(200);
      await network.agree(all(five), await network.mine(left[0], 50));
      await network.agree(all(five), await network.mine(right[0], 50));
    } finally {
      line.close();
    }
    expect(await line.lost).to.be.at.least(1);
  });

  it('lose nothing on a full disk, and catch up when there is room', async () => {
    const { network, left } = five;
    const folder = network.sandbox.path('small');
    const disk = await SmallDisk.at(folder, network.lan.commandOn(0), 24 * MEGABYTE);
    try {
      const data = `${folder}/data`;
      const first = await network.startPeer(0, data, disk.runner);
      const before = await network.mine(left[0], 1);
      await network.agree([first], before);
      const height = (await network.status(first))?.height;
      disk.leave(50_000);
      const tip = await network.mine(left[0], 100);
      const { code, output } = await first.running.ended;
      const last = output.trimEnd().split('\n').at(-1) ?? '';
      // Chain and index grow beside each other: one of them is the first that finds no room.
      expect([code, last.replace(/(chain|index)\.sqlite/u, 'FILE')]).to.deep.equal([
        1,
        `The disk that holds ${data}/FILE is full. ` +
          'Make room, or choose another data directory; nothing that was stored is lost.',
      ]);
      disk.leave(24 * MEGABYTE);
      const verify = ['chain', 'verify', '--data', data];
      const verified = await network.sandbox.jsonOn<Verified>(disk.runner, ...verify);
      expect(verified.valid).to.equal(true);
      expect(verified.height).to.be.at.least(height ?? Number.POSITIVE_INFINITY);
      const again = await network.startPeer(0, data, disk.runner);
      await network.agree([again], tip);
      await stop(again.running);
    } finally {
      disk.close();
    }
  });

  it('go on while the tracker is dead, take each other in, and are registered after', async () => {
    const { network, left, right } = five;
    await stop(five.tracker, 'SIGKILL');
    await network.agree(all(five), await network.mine(left[0], 5));
    await stop(right[1].running);
    const newcomer = network.launchPeer(0);
    const returned = await network.startPeer(right[1].host);
    await untilPrinted(newcomer.running, /no tracker answers; waiting for it/);
    const peers = [...left, right[0], returned];
    await network.meet(peers);
    const tip = await network.mine(returned, 5);
    await network.agree(peers, tip);

    await network.startTracker();
    await untilPrinted(newcomer.running, /the peer is up/);
    await network.agree([newcomer, ...peers], tip);
    await until('all peers at the tracker', 60_000, async () => {
      const statuses = await Promise.all([newcomer, ...peers].map((peer) => network.status(peer)));
      const live = (await network.trackerStatus())?.networks[0]?.liveCount;
      const haveHeard = statuses.every((status) => status?.tracker === 'answered');
      return (haveHeard && live === statuses.length) || undefined;
    });
  });

  it('give up a host that stopped when three pings are missed, and mine on', async () => {
    const { network, left, right } = patient;
    await until('the end of all sessions across', PINGS_MISSED_MS, async () => {
      const found = await Promise.all([left[0], ...right].map((peer) => network.neighbours(peer)));
      return found.join('|') === '|4|3' || undefined;
    });
    expect(left[0].running.output()).to.match(/peer gone .*10\.99\.0\.3:.*ping-timeout/);
    await network.agree([left[0]], await network.mine(left[0], 50));
  });

  it('agree within 5 s of the healing also when all sessions were given up', async () => {
    const { network, left, right } = patient;
    const long = await network.mine(right[0], 51);
    await network.agree(right, long);
    network.lan.heal();
    expect(await network.agree([left[0], ...right], long)).to.be.at.most(AGREE_MS);
  });

  it('take a host back that stopped and goes on', async () => {
    const { network, left, right } = patient;
    const [running, stopped] = left;
    stopped.running.child.kill('SIGCONT');
    const tip = (await network.status(running))?.tip ?? '';
    await network.agree([stopped], tip);
    await network.agree([...left, ...right], await network.mine(stopped, 1));
  });
});

const all = ({ left, right }: Five): HostPeer[] => [...left, ...right];

async function startFive(network: HostNetwork): Promise<Five> {
  const tracker = await network.startTracker();
  const peers = await Promise.all([1, 2, 3, 4].map((host) => network.startPeer(host)));
  const [a, b, c, d] = peers as [HostPeer, HostPeer, HostPeer, HostPeer];
  return { network, tracker, left: [a, b], right: [c, d] };
}

interface Verified {
  readonly valid: boolean;
  readonly height: number;
}
