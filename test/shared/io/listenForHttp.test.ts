import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { closeServers, listenForHttp } from '../../../shared/io/listenForHttp.js';

describe('io/listenForHttp: the end', () => {
  it('lets an answer that is under way go out, and closes what is idle', async () => {
    const responses = new Map<string | undefined, ServerResponse>();
    const { servers, port } = await listenForHttp(
      ({ url }, response) => responses.set(url, response),
      '127.0.0.1',
      0,
    );
    const agent = new Agent({ keepAlive: true });
    const ask = async (path: string): Promise<string> => {
      const [response] = (await once(get({ port, path, agent }), 'response')) as [IncomingMessage];
      return text(response);
    };
    const idle = ask('/idle');
    const slow = ask('/slow');
    while (responses.size < 2) await new Promise(setImmediate);
    responses.get('/idle')?.end('first');
    expect(await idle).to.equal('first');
    const begin = performance.now();
    const closed = closeServers(servers);
    responses.get('/slow')?.end('second');
    expect(await slow).to.equal('second');
    await closed;
    expect(performance.now() - begin).to.be.lessThan(900);
    agent.destroy();
  });

  it('ends a connection whose answer does not come', async () => {
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const { servers, port } = await listenForHttp(() => asked(), '127.0.0.1', 0);
    const request = get({ port });
    const failed = once(request, 'error');
    await isAsked;
    const begin = performance.now();
    await closeServers(servers);
    expect(performance.now() - begin).to.be.at.least(900);
    expect(String((await failed)[0])).to.match(/socket hang up|ECONNRESET/);
  });
});
