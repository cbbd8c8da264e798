import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { networkForEach, type LocalNetwork } from '../support/localNetwork.js';
import { within, type Ended } from '../support/programs.js';
import { freePorts, stop, untilPrinted, type Sandbox } from '../support/sandbox.js';

/** `cairn network up` with what cannot be: it says so at once, and leaves all as it was. */
describe('e2e: a network on one computer that cannot start as asked', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;
  let network: LocalNetwork;
  networkForEach((...made) => {
    [sandbox, network] = made;
  });

  /** Starts a network, which must say in one line why it does not. */
  async function refusal(...flags: readonly string[]): Promise<string> {
    const { ended } = sandbox.start('network', 'up', '--template', 'dev', '--peers', '1', ...flags);
    const { code, output }: Ended = await within('the refusal', 10_000, ended);
    expect(code, output).to.equal(1);
    // Whoever tests may run a network of his own, at the ports that are tried first.
    const lines = output
      .trimEnd()
      .split('\n')
      .filter((line) => !line.endsWith(' skipped.'));
    expect(lines, output).to.have.length(1);
    return lines[0] ?? '';
  }

  async function thatRan(): Promise<void> {
    const { running } = await network.up('--peers', '1');
    await stop(running);
  }

  /** Every file of the network, with what the lock leaves behind. */
  const files = (): string[] => readdirSync(network.path(), { recursive: true }).map(String).sort();

  it('removes nothing for --fresh where nobody can listen on --host', async () => {
    await thatRan();
    const before = files();
    for (const host of ['10.99.99.99', '192.168.1.300', '0.0.0.0']) {
      expect(await refusal('--fresh', '--host', host)).to.contain(`--host ${host} is no`);
      expect(files()).to.deep.equal(before);
    }
  });

  it('makes no folder where --host is no address, and looks for no ports', async () => {
    expect(await refusal('--host', 'bad_host!')).to.match(
      /^--host bad_host! is not an address of this machine\. Choose 127\.0\.0\.1, /,
    );
    expect(existsSync(network.path())).to.equal(false);
  });

  it('removes nothing for --fresh where the tracker has one port for both', async () => {
    await thatRan();
    const before = files();
    const [port = 0] = await freePorts(1);
    const both = ['--tracker-port', String(port), '--tracker-http', String(port)];
    expect(await refusal('--fresh', ...both)).to.equal(
      `--tracker-port and --tracker-http both ask for port ${String(port)}. ` +
        'Choose another one for one of them.',
    );
    expect(files()).to.deep.equal(before);
  });

  it('removes nothing for --fresh while another program uses the folder of a peer', async () => {
    await thatRan();
    const [tcp = 0, http = 0] = await freePorts(2);
    const peer = sandbox.start(
      ...['peer', '--data', network.path('Alice'), '--http', String(http)],
      ...['--listen', `127.0.0.1:${String(tcp)}`],
    );
    await untilPrinted(peer, /the peer is up/);
    expect(await refusal('--fresh')).to.equal(
      `${network.path('Alice')} is in use by process ${String(peer.child.pid)}. ` +
        'Stop that one first; nothing was removed.',
    );
    expect(existsSync(network.path('Alice', 'chain.sqlite'))).to.equal(true);
    await stop(peer);
  });
});
