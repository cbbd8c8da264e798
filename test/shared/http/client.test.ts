import { expect } from 'chai';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeClient } from '../../../shared/http/client.js';
import { errorOf } from '../../../shared/http/errors.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('http/client', () => {
  let server: Server;
  let handler: Handler = (_, response) => response.end();
  let client: NodeClient;

  beforeEach((done) => {
    server = createServer((request, response) => {
      handler(request, response);
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      client = new NodeClient({ baseUrl: `http://127.0.0.1:${String(port)}`, token: 'secret' });
      done();
    });
  });

  afterEach((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  it('fills path and query, and sends the token', async () => {
    let seen: unknown;
    handler = (request, response) => {
      seen = [request.method, request.url, request.headers.authorization];
      response.end('{"hash":"00"}');
    };
    const answer = await client.call('block', { params: { id: '7' }, query: { format: 'hex' } });
    expect(seen).to.deep.equal(['GET', '/api/blocks/7?format=hex', 'Bearer secret']);
    expect(answer).to.deep.equal({ ok: true, value: { hash: '00' } });
  });

  it('sends a body as JSON', async () => {
    let seen = '';
    handler = (request, response) => {
      request.on('data', (chunk: Uint8Array) => (seen += new TextDecoder().decode(chunk)));
      request.on('end', () => response.end(`{"hashes":[]}`));
      expect(request.headers['content-type']).to.equal('application/json');
    };
    await client.call('generate', { body: { count: 3 } });
    expect(seen).to.equal('{"count":3}');
  });

  it('returns the error body of a refusal', async () => {
    const error = errorOf('unknown-block', 'There is no block 7.');
    handler = (_, response) => {
      response.statusCode = 404;
      response.end(JSON.stringify(error));
    };
    const answer = await client.call('status', {});
    expect(answer).to.deep.equal({ ok: false, error: { type: 'refused', status: 404, error } });
  });

  it('tells a node from another program on the port', async () => {
    handler = (_, response) => response.end('<html>');
    expect(await client.call('status', {})).to.deep.equal({
      ok: false,
      error: { type: 'not-a-node' },
    });
  });

  it('says that nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    const answer = await client.call('status', {});
    server.listen(0, '127.0.0.1');
    expect(answer).to.deep.equal({
      ok: false,
      error: { type: 'unreachable', detail: 'ECONNREFUSED' },
    });
  });

  it('gives up on a server that does not answer', async () => {
    handler = () => undefined;
    const hasty = new NodeClient({ baseUrl: client.baseUrl, timeoutMs: 30 });
    const answer = await hasty.call('status', {});
    expect(answer.ok ? 'ok' : answer.error.type).to.equal('unreachable');
  });
});
