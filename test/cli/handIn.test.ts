import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { handIn } from '../../cli/handIn.js';
import { NotRunning } from '../../cli/notRunning.js';
import { OutcomeUnknown } from '../../cli/outcomeUnknown.js';
import { NodeClient } from '../../shared/http/client.js';
import { Trouble } from '../../shared/io/trouble.js';

const TXID = 'ab'.repeat(32);
const SENT = { txid: TXID, isOwn: true, isInChain: false };
const LOCKED = { code: 'wallet-locked', message: 'The wallet is locked.', hint: '' };

/** One answer a call: a status and a body; a connection that is cut; nothing at all. */
type Step = readonly [number, object] | 'cut' | 'silence';

describe('cli/handIn', function () {
  this.timeout(20_000);
  const servers: Server[] = [];
  const bodies: string[] = [];
  afterEach(() => {
    bodies.length = 0;
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  /** What `handIn` ends with at a node that behaves so, call after call, the last one for ever. */
  async function ending(...steps: readonly Step[]): Promise<unknown> {
    let at = 0;
    const baseUrl = await serve((request, response) => {
      const step = steps[Math.min(at++, steps.length - 1)];
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
      request.on('end', () => {
        if (step === 'cut' || step === undefined) request.socket.destroy();
        else if (step !== 'silence') {
          response.writeHead(step[0], { 'content-type': 'application/json' });
          response.end(JSON.stringify(step[1]));
        }
      });
    });
    return handIn(new NodeClient({ baseUrl, timeoutMs: 3_000 }), { transaction: '00' }, TXID).catch(
      (error: unknown) => error,
    );
  }

  it('gives the same bytes again where the connection was cut', async () => {
    expect(await ending('cut', 'cut', [200, SENT])).to.deep.equal(SENT);
    expect(bodies).to.deep.equal(Array<string>(3).fill('{"transaction":"00"}'));
  });

  it('says what was refused, and does not ask again', async () => {
    const trouble = await ending([422, LOCKED]);
    expect(trouble).to.be.instanceOf(Trouble).and.not.instanceOf(OutcomeUnknown);
    expect((trouble as Trouble).code).to.equal('wallet-locked');
    expect(bodies).to.have.length(1);
  });

  it('says that nobody knows, and where to look, when no answer comes', async () => {
    for (const step of ['cut', 'silence'] as const) {
      const trouble = await ending(step);
      expect(trouble).to.be.instanceOf(OutcomeUnknown);
      const { message, advice } = trouble as Trouble;
      expect(message).to.include(`not known whether payment ${TXID} was made`);
      expect(advice).to.match(/do not pay again before/);
    }
  });

  it('does not take a later refusal for the fate of the first call', async () => {
    expect(await ending('cut', [422, LOCKED])).to.be.instanceOf(OutcomeUnknown);
    expect(await ending([500, { ...LOCKED, code: 'internal' }])).to.be.instanceOf(OutcomeUnknown);
  });

  it('knows that nothing was made where nobody listens', async () => {
    const baseUrl = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const trouble = await handIn(new NodeClient({ baseUrl }), { transaction: '00' }, TXID).catch(
      (error: unknown) => error,
    );
    expect(trouble).to.be.instanceOf(NotRunning);
  });
});
