import { expect } from 'chai';
import type { PeersJson, StatusJson } from '../../shared/http/nodeSchemas.js';
import { Lan } from '../support/lan.js';
import { until, type Running } from '../support/programs.js';
import { Sandbox, untilPrinted } from '../support/sandbox.js';
import { skip } from '../support/skip.js';

const API = 'http://127.0.0.1:5000';

/** Hosts of their own, with the commands of the README and all defaults. */
describe('e2e: several hosts', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;
  let lan: Lan;

  beforeEach(function () {
    const made = Lan.of(3);
    if (typeof made === 'string') skip(this, made);
    lan = made;
    sandbox = new Sandbox();
  });
  afterEach(async () => {
    await sandbox.close();
    lan.close();
  });

  async function startPeer(host: number): Promise<Running> {
    const running = sandbox.startOn(
      lan.commandOn(host),
      ...['peer', '--tracker', `${lan.address(0)}:5009`, '--data', sandbox.path(String(host))],
    );
    await untilPrinted(running, /the peer is up/);
    return running;
  }

  const ask = <T>(host: number, ...args: string[]): Promise<T> =>
    sandbox.jsonOn(lan.commandOn(host), ...args, '--node', API);

  it('join with nothing but the address of the tracker, mine and agree', async () => {
    const tracker = sandbox.startOn(lan.commandOn(0), 'tracker', '--template', 'dev');
    await untilPrinted(tracker, /the tracker takes peers/);
    await startPeer(1);
    await startPeer(2);
    await until('neighbours', 20_000, async () => {
      const peers = await ask<PeersJson['peers']>(1, 'peers');
      return peers.some(({ address }) => address.startsWith(lan.address(2))) ? true : undefined;
    });
    const { hashes } = await ask<{ hashes: string[] }>(1, 'mine', '5');
    const status = await until('the blocks on the other host', 20_000, async () => {
      const found = await ask<StatusJson>(2, 'status');
      return found.height === 5 ? found : undefined;
    });
    expect(status.tip).to.equal(hashes.at(-1));
  });
});
