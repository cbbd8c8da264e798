import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { closeServers, listenForHttp } from '../../../shared/io/listenForHttp.js';

describe('io/listenForHttp: the end', () => {
  it('lets an answer that is under way go out, and closes what is idle', async () => {
    const responses: ServerResponse[] = [];
    const { servers, port } = await listenForHttp(
      (_request, response) => responses.push(response),
      '127.0.0.1',
      0,
    );
    const agent = new Agent({ keepAlive: true });
    const ask = () => get({ port, agent }).on('error', () => undefined);
    const idle = ask();
    const slow = ask();
    while (responses.length < 2) await new Promise(setImmediate);
    responses[0]?.end('first');
    const [first] = (await once(idle, 'response')) as [NodeJS.ReadableStream];
    first.resume();
    await once(first, 'end');
    const begin = performance.now();
    const closed = closeServers(servers);
    responses[1]?.end('second');
    const [second] = (await once(slow, 'response')) as [NodeJS.ReadableStream];
    expect(String(await once(second, 'data'))).to.equal('second');
    await closed;
    expect(performance.now() - begin).to.be.lessThan(400);
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
    expect(performance.now() - begin).to.be.within(400, 5_000);
    expect(String((await failed)[0])).to.match(/socket hang up|ECONNRESET/);
  });
});
