import { expect } from 'chai';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { refuse } from '../../../peer/api/refusal.js';
import { createServer, type Handlers } from '../../../peer/api/server.js';
import { HTTP_ERRORS } from '../../../shared/http/errors.js';
import { ROUTES, type Route } from '../../../shared/http/routes.js';
import { fail, ok } from '../../../shared/result.js';

/** Handlers that answer with what they were asked, so that a test sees what arrives. */
const ECHO = Object.fromEntries(
  Object.keys(ROUTES).map((name) => [name, (request: unknown) => ok({ name, request })]),
) as unknown as Handlers;

describe('api/server', () => {
  let app: FastifyInstance;
  let defects: Error[];

  async function start(
    handlers: Partial<Handlers> = {},
    writesNeedToken = false,
    metrics?: () => string,
  ): Promise<void> {
    const options = {
      listenHost: 'localhost',
      token: 'secret',
      writesNeedToken,
      metrics,
      version: '1.2.3',
      onDefect: (error: Error) => defects.push(error),
    };
    defects = [];
    app = await createServer(options, { ...ECHO, ...handlers });
  }

  beforeEach(() => start());
  afterEach(() => app.close());

  const ask = async (options: InjectOptions) => {
    const headers = { host: '127.0.0.1:5000', ...options.headers };
    const { statusCode, json } = await app.inject({ ...options, headers });
    return { status: statusCode, body: json<Record<string, unknown>>() };
  };
  const post = (url: string, payload: object) => ask({ method: 'POST', url, payload });

  it('gives metrics as plain text where there are some, to welcome callers only', async () => {
    expect((await ask({ url: '/metrics' })).status).to.equal(404);
    await app.close();
    await start({}, false, () => 'up 1\n');
    const headers = { host: '127.0.0.1:5000' };
    const answer = await app.inject({ url: '/metrics', headers });
    expect([answer.statusCode, answer.body]).to.deep.equal([200, 'up 1\n']);
    expect(answer.headers['content-type']).to.equal('text/plain; version=0.0.4; charset=utf-8');
    const stranger = await ask({ url: '/metrics', headers: { host: 'evil.example' } });
    expect(stranger.body['code']).to.equal('host-refused');
  });

  it('hands each route what its schema says, with numbers in the query and defaults', async () => {
    const { body } = await ask({ url: '/api/headers?from=7' });
    expect(body['request']).to.deep.equal({ params: {}, query: { from: 7, count: 20 } });
  });

  it('refuses unknown, missing and wrong parameters with one body', async () => {
    const answers = [
      await ask({ url: '/api/headers?count=0' }),
      await ask({ url: '/api/headers?from=x' }),
      await ask({ url: '/api/headers?nonsense=1' }),
      await ask({ url: '/api/blocks/zz' }),
      await post('/api/mining', {}),
      await post('/api/mining', { mode: { type: 'interval' } }),
      await post('/api/mining/generate', { count: '3' }),
      await post('/api/blocks', { hex: 'abc' }),
    ];
    for (const { status, body } of answers) {
      expect(status).to.equal(400);
      expect(Object.keys(body)).to.deep.equal(['code', 'message', 'hint']);
      expect(body['code']).to.equal('bad-request');
    }
    expect(answers[0]?.body['message']).to.equal('query/count must be >= 1.');
  });

  it('refuses broken JSON, other media types and bodies beyond the limit', async () => {
    const send = (payload: string, type = 'application/json') =>
      ask({
        method: 'POST',
        url: '/api/mining/generate',
        payload,
        headers: { 'content-type': type },
      });
    expect((await send('{')).body['code']).to.equal('bad-request');
    expect((await send('count=1', 'text/plain')).body['code']).to.equal('unsupported-media-type');
    expect((await send(`"${'x'.repeat(70_000)}"`)).body['code']).to.equal('too-large');
  });

  it('takes a block of the greatest size', async () => {
    const { status } = await post('/api/blocks', { hex: '00'.repeat(3_900_000) });
    expect(status).to.equal(200);
  });

  it('answers a refusal with its status, a reject of the chain with its code', async () => {
    await app.close();
    await start({
      block: () => refuse('unknown-block', 'There is no block 7.'),
      submitBlock: () => fail({ type: 'reject', reject: { code: 'bad-pow' } }),
    });
    expect(await ask({ url: '/api/blocks/7' })).to.deep.equal({
      status: 404,
      body: {
        code: 'unknown-block',
        message: 'There is no block 7.',
        hint: HTTP_ERRORS['unknown-block'].hint,
      },
    });
    const rejected = await post('/api/blocks', { hex: '00'.repeat(81) });
    expect([rejected.status, rejected.body['code']]).to.deep.equal([422, 'bad-pow']);
  });

  it('says which route does not exist', async () => {
    const { status, body } = await ask({ url: '/api/nonsense?x=1' });
    expect(status).to.equal(404);
    expect(body).to.deep.include({ code: 'not-found', message: 'There is no GET /api/nonsense.' });
  });

  it('says so below its page and for a broken path, too, in its own words', async () => {
    for (const url of ['/docs/none', '/docs/static/none.js', '/docs/..%2f..%2fetc/passwd']) {
      const { status, body } = await ask({ url });
      const message = `There is no GET ${url}.`;
      expect([status, body['code'], body['message']]).to.deep.equal([404, 'not-found', message]);
    }
    const broken = await ask({ url: '/api/%zz' });
    expect([broken.status, broken.body['code']]).to.deep.equal([400, 'bad-request']);
    expect(broken.body).to.have.property('hint');
  });

  it('answers a defect with a plain 500, and tells the log', async () => {
    await app.close();
    await start({
      status: () => {
        throw new Error('secret detail');
      },
    });
    const { status, body } = await ask({ url: '/api/status' });
    expect([status, body['code']]).to.deep.equal([500, 'internal']);
    expect(JSON.stringify(body)).not.to.include('secret detail');
    expect(defects.map(({ message }) => message)).to.deep.equal(['secret detail']);
  });

  it('guards every route, also those that do not exist and the page', async () => {
    for (const url of ['/api/status', '/health', '/docs', '/api/openapi.json', '/nothing']) {
      const rebound = await ask({ url, headers: { host: 'evil.example' } });
      expect([url, rebound.body['code']]).to.deep.equal([url, 'host-refused']);
      const foreign = await ask({ url, headers: { origin: 'http://evil.example' } });
      expect([url, foreign.body['code']]).to.deep.equal([url, 'origin-refused']);
    }
  });

  it('asks for the token in writes when it has one', async () => {
    await app.close();
    await start({}, true);
    const payload = { count: 1 };
    const write = (headers: Record<string, string>) =>
      ask({ method: 'POST', url: '/api/mining/generate', payload, headers });
    expect((await write({})).status).to.equal(401);
    expect((await write({ authorization: 'Bearer secret' })).status).to.equal(200);
    expect((await ask({ url: '/api/status' })).status).to.equal(200);
  });

  it('asks for the token on every route of the wallet, and no page gets it elsewhere', async () => {
    const routes = Object.values(ROUTES).filter(({ path }) => path.startsWith('/api/wallet'));
    expect(routes).to.have.length.above(10);
    for (const { method, path } of routes) {
      const url = path.replace(':txid', 'ab'.repeat(32));
      const payload = method === 'POST' ? { payload: {} } : {};
      const call = (headers: Record<string, string>) => ask({ method, url, ...payload, headers });
      expect((await call({})).body['code'], url).to.equal('token-required');
      const wrong = await call({ authorization: 'Bearer secre' });
      expect([wrong.status, wrong.body['code']], url).to.deep.equal([401, 'token-required']);
      const token = { authorization: 'Bearer secret' };
      const foreign = await call({ ...token, origin: 'http://evil.example' });
      expect(foreign.body['code'], url).to.equal('origin-refused');
      const rebound = await call({ ...token, host: 'evil.example:5000' });
      expect(rebound.body['code'], url).to.equal('host-refused');
      expect((await call(token)).body['code'], url).to.be.oneOf([undefined, 'bad-request']);
      if (method !== 'GET') continue;
      const head = await app.inject({ method: 'HEAD', url, headers: { host: 'localhost' } });
      expect(head.statusCode, url).to.equal(401);
    }
  });

  it('takes a payment of the greatest size', async () => {
    const url = '/api/wallet/send';
    const headers = { authorization: 'Bearer secret' };
    const send = (bytes: number) =>
      ask({ method: 'POST', url, payload: { transaction: '00'.repeat(bytes) }, headers });
    expect((await send(100_000)).status).to.equal(200);
    expect((await send(100_001)).body['code']).to.equal('bad-request');
  });

  it('describes every route in its OpenAPI document', async () => {
    const { body } = await ask({ url: '/api/openapi.json' });
    const paths = Object.keys(body['paths'] as object);
    const expected = Object.values(ROUTES).map(({ path }) => path.replaceAll(/:(\w+)/gu, '{$1}'));
    expect(paths).to.have.members([...new Set(expected)]);
    expect(body['info']).to.deep.include({ version: '1.2.3' });
  });

  it('marks in it the routes that need the token, and writes, which may', async () => {
    const { body } = await ask({ url: '/api/openapi.json' });
    const paths = body['paths'] as Record<string, Record<string, { security?: object[] }>>;
    for (const { path, method, needsToken } of Object.values<Route>(ROUTES)) {
      const described = paths[path.replaceAll(/:(\w+)/gu, '{$1}')]?.[method.toLowerCase()];
      const always = needsToken === true ? [{ token: [] }] : undefined;
      const sometimes = method === 'POST' ? [{}, { token: [] }] : undefined;
      expect(described?.security, `${method} ${path}`).to.deep.equal(always ?? sometimes);
    }
    const schemes = { token: { type: 'http', scheme: 'bearer' } };
    expect(body['components']).to.deep.include({ securitySchemes: schemes });
  });

  it('serves its page without anything from outside', async () => {
    const headers = { host: 'localhost' };
    const page = await app.inject({ url: '/docs', headers });
    const { 'content-type': type, 'content-security-policy': policy } = page.headers;
    expect([page.statusCode, type]).to.deep.equal([200, 'text/html; charset=utf-8']);
    expect(page.body).not.to.match(/(src|href)="?(https?:)?\/\//);
    expect(policy).to.include("default-src 'none'").and.not.include('http');
    expect(policy).not.to.include('upgrade-insecure-requests');
    const script = await app.inject({ url: '/docs/static/swagger-ui-bundle.js', headers });
    expect(script.statusCode).to.equal(200);
  });
});
