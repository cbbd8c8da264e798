import { expect } from 'chai';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import { networkForEach, type LocalNetwork } from '../support/localNetwork.js';
import { stop, type Sandbox } from '../support/sandbox.js';

interface Played {
  readonly held: readonly string[];
  readonly failed: string | null;
}

/** `cairn demo` on a network of real programs. */
describe('e2e: the demo', function () {
  this.timeout(240_000);

  let sandbox: Sandbox;
  let network: LocalNetwork;
  networkForEach((...made) => {
    [sandbox, network] = made;
  });

  it('plays its story, also a second time, and checks it', async () => {
    const { running } = await network.up('--peers', '3', '--quiet');
    const { code, output } = await sandbox.run('demo', '--burst', '40');
    expect(code, output).to.equal(0);
    expect(output)
      .to.match(/all balances agree: 3 peers × 3 accounts/)
      .and.to.match(/the second payment is refused: conflict/);
    expect(output).to.match(/all 40 are confirmed at every peer/);
    expect(output).to.match(/All of it held: 9 checks, at block \d+\.\n$/);
    const { held, failed } = await sandbox.json<Played>('demo', '--burst', '3');
    expect([held.length, failed]).to.deep.equal([9, null]);
    const { mempool } = await sandbox.json<StatusJson>('status');
    expect(mempool.count).to.equal(0);
    await stop(running);
  });

  it('ends with 3 and says what does not hold, such as a peer that is gone', async () => {
    const { run, running } = await network.up('--peers', '3', '--quiet');
    const carol = run.nodes.find(({ name }) => name === 'Carol');
    process.kill(carol?.pid ?? 0, 'SIGKILL');
    const { code, output } = await sandbox.run('demo', '--burst', '1');
    expect([code, output]).to.deep.equal([3, '  ✘ DOES NOT HOLD: Carol does not answer.\n']);
    const json = await sandbox.run('demo', '--json', '--burst', '1');
    expect(json.code).to.equal(3);
    const { held, failed } = JSON.parse(json.stdout) as Played;
    expect([held, failed]).to.deep.equal([[], 'Carol does not answer.']);
    await stop(running);
  });

  it('says where nothing runs, and where there are no accounts', async () => {
    const none = await sandbox.run('demo');
    expect([none.code, none.output]).to.deep.equal([
      ...[2, 'No network runs here. Start one with cairn network up.\n'],
    ]);
    await network.up('--peers', '1', '--quiet');
    const one = await sandbox.run('demo');
    expect(one.code).to.equal(1);
    expect(one.output).to.match(/^Fewer than two peers of this network have a demo account\./);
  });
});
