/**
 * The API's page at /docs and its OpenAPI JSON, both made from the table of routes. They live in a
 * second Fastify instance that is made at their first request: loading them at start would double
 * its time.
 */

import type { FastifyInstance } from 'fastify';
import { errorBody } from '../../shared/http/errors.js';
import { ROUTES, type Route } from '../../shared/http/routes.js';

/** Adds `/docs`, what is below it, and `/api/openapi.json`. */
export function addDocs(app: FastifyInstance, version: string): void {
  let inner: Promise<FastifyInstance> | undefined;
  const answer = async (url: string): Promise<Page> => {
    inner ??= createDocs(version);
    const { statusCode, headers, rawPayload } = await (await inner).inject({ method: 'GET', url });
    return { statusCode, headers, payload: rawPayload };
  };
  app.addHook('onClose', async () => (await inner)?.close());
  const add = (path: string, innerUrl: (url: string) => string): void => {
    app.get(path, async (request, reply) => {
      const { statusCode, headers, payload } = await answer(innerUrl(request.url));
      if (statusCode === 404) {
        reply.callNotFound();
        return reply;
      }
      for (const name of KEPT_HEADERS) {
        if (headers[name] !== undefined) reply.header(name, headers[name]);
      }
      return reply.code(statusCode).send(payload);
    });
  };
  add('/api/openapi.json', () => '/docs/json');
  add('/docs', (url) => url);
  add('/docs/*', (url) => url);
}

interface Page {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly payload: Buffer;
}

const KEPT_HEADERS = ['content-type', 'content-security-policy', 'location'];

/**
 * Ours alone: the default upgrades to HTTPS, which blanks the page on every address but loopback.
 */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; " +
  "font-src 'self' data:; connect-src 'self'; base-uri 'self'; frame-ancestors 'none'";

const DESCRIPTION =
  'Every error has the same body: `code` for programs, `message` and `hint` for people. ' +
  'Amounts are whole numbers of the smallest unit; hashes are printed as Bitcoin prints them. ' +
  'Routes with a lock need the token in the file api.token of the data directory, as ' +
  '`Authorization: Bearer …`: those of the wallet always, other writes where the API listens ' +
  'for more than this computer.';

/** What the page calls the token. */
const TOKEN = 'token';

/** Three stones, one on the other. */
const LOGO = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40" width="150" height="40">' +
    '<g fill="#fff"><ellipse cx="22" cy="32" rx="19" ry="6"/>' +
    '<ellipse cx="22" cy="20" rx="13" ry="5"/><ellipse cx="22" cy="10" rx="8" ry="4"/>' +
    '<text x="52" y="29" font-family="sans-serif" font-size="26">Cairn</text></g></svg>',
);

async function createDocs(version: string): Promise<FastifyInstance> {
  const [{ default: fastify }, { default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('fastify'),
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const app = fastify({ logger: false });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Cairn node', version, description: DESCRIPTION },
      components: { securitySchemes: { [TOKEN]: { type: 'http', scheme: 'bearer' } } },
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_POLICY,
    theme: { title: 'Cairn node: API' },
    logo: { type: 'image/svg+xml', content: LOGO },
    uiConfig: { validatorUrl: 'none', docExpansion: 'list' },
  });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  for (const route of Object.values<Route>(ROUTES)) describeRoute(app, route);
  await app.ready();
  return app;
}

function describeRoute(app: FastifyInstance, route: Route): void {
  const { params, query, body } = route;
  app.route({
    method: route.method,
    url: route.path,
    schema: {
      summary: route.summary,
      tags: [route.tag],
      ...securityOf(route),
      ...(params === undefined ? {} : { params: withoutId(params) }),
      ...(query === undefined ? {} : { querystring: withoutId(query) }),
      ...(body === undefined ? {} : { body: withoutId(body) }),
      response: { 200: withoutId(route.response), default: withoutId(errorBody) },
    },
    handler: () => undefined,
  });
}

/** One of a list is enough; the empty one means that none is needed. */
function securityOf({ needsToken, method }: Route) {
  if (needsToken === true) return { security: [{ [TOKEN]: [] }] };
  return method === 'GET' ? {} : { security: [{}, { [TOKEN]: [] }] };
}

/** The names are for our own reading; in one document they would have to be unique. */
function withoutId(schema: object): object {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$id'));
}
