/** The HTTP server of a node: Fastify over the table of routes, guarded, with one form of error. */

import type {
  FastifyContextConfig,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';
import { errorOf, HTTP_ERRORS, type HttpErrorCode } from '../../shared/http/errors.js';
import {
  ROUTES,
  type AnswerOf,
  type RequestOf,
  type Route,
  type RouteName,
} from '../../shared/http/routes.js';
import type { JsonSchema } from '../../shared/http/schema.js';
import type { Result } from '../../shared/result.js';
import { addDocs } from './docs.js';
import { checkCaller } from './guard.js';
import { METRICS_TYPE } from './metrics.js';
import { answerOf, type Refusal } from './refusal.js';
import { Validator } from './validator.js';

type Answered<N extends RouteName> = Result<AnswerOf<N>, Refusal>;
/** The validator made the request fit before the handler sees it. */
type AnyHandler = (request: RequestOf<RouteName>) => Promise<Answered<RouteName>>;

/** One function a route: what the request carries, already checked, to the answer. */
export type Handlers = {
  readonly [N in RouteName]: (request: RequestOf<N>) => Answered<N> | Promise<Answered<N>>;
};

export interface ServerOptions {
  /** Where it listens: a host name given there is welcome in requests. */
  readonly listenHost: string;
  /** What requests must carry to the wallet and, unless `writesNeedToken` is false, writes. */
  readonly token: string;
  readonly writesNeedToken: boolean;
  /** Whether the wallet may be used without the token: it holds nothing of worth. */
  readonly isWalletOpen?: () => boolean;
  readonly version: string;
  /** What `GET /metrics` answers; `undefined`: there is no such path. */
  readonly metrics?: (() => string) | undefined;
  /** A defect in a handler: the caller gets a plain 500, the log gets this. */
  readonly onDefect: (error: Error) => void;
}

/** Nothing but blocks and lists of transactions is larger than this. */
const BODY_BYTES_MAX = 64 * 1024;
/** A block of 3.9 MB in hex, and the JSON around it. */
const BLOCK_BODY_BYTES_MAX = 8 * 1024 * 1024;

const LARGE_BODIES: ReadonlySet<RouteName> = new Set([
  'submitBlock',
  'submitTransactions',
  'sendPayment',
]);

/** The server, ready for `routing` and `inject`; it listens nowhere yet. */
export async function createServer(
  options: ServerOptions,
  handlers: Handlers,
): Promise<FastifyInstance> {
  const app = makeFastify();
  addGuard(app, options);
  addErrors(app, options);
  for (const name of Object.keys(ROUTES) as RouteName[]) addRoute(app, name, handlers);
  addMetrics(app, options);
  addDocs(app, options.version);
  await app.ready();
  return app;
}

/**
 * Fastify's 135 CommonJS files load in two thirds of the time when no ES module imports them
 * (bench/start.ts).
 */
const require = createRequire(import.meta.url);

/**
 * Answers are made by our own code, so that they need no serializer but JSON's. Fastify's type for
 * a factory of validators knows only Ajv's own functions; it calls any that answers `value` or
 * `error`.
 */
function makeFastify(): FastifyInstance {
  const { fastify } = require('fastify') as typeof import('fastify');
  const validator = new Validator();
  const buildValidator = () => (route: RoutePart) =>
    validator.checkOf(route.schema, route.httpPart);
  return fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    exposeHeadRoutes: true,
    // A path that cannot be decoded; it reaches no hook and no route.
    frameworkErrors: (error, _, reply) => {
      void sendError(reply.headers(SAFE_HEADERS), codeOf(error), sentence(error.message));
    },
    schemaController: {
      compilersFactory: {
        buildValidator: buildValidator as unknown as ValidatorFactory,
        buildSerializer: () => () => (answer: unknown) => JSON.stringify(answer),
      },
    },
  });
}

interface RoutePart {
  readonly schema: JsonSchema;
  readonly httpPart: string | undefined;
}

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;
type ValidatorFactory = NonNullable<
  NonNullable<SchemaController['compilersFactory']>['buildValidator']
>;

function addGuard(app: FastifyInstance, options: ServerOptions): void {
  const { listenHost, token, writesNeedToken, isWalletOpen = () => false } = options;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SAFE_HEADERS);
    const { headers, method } = request;
    const caller = {
      method,
      host: headers.host,
      origin: headers.origin,
      contentType: headers['content-type'],
      authorization: headers.authorization,
      needsToken: needsToken(request) && !isWalletOpen(),
    };
    const code = checkCaller(caller, { listenHost, token, writesNeedToken, isSameText });
    return code === undefined ? undefined : sendError(reply, code, MESSAGES[code] ?? code);
  });
}

/** The router has found the route before; one that does not exist tells nothing anyway. */
const needsToken = (request: FastifyRequest): boolean =>
  (request.routeOptions.config as GuardConfig).needsToken === true;

interface GuardConfig {
  readonly needsToken?: boolean;
}

const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

const MESSAGES: Partial<Record<HttpErrorCode, string>> = {
  'host-refused': 'The Host of the request is not this node.',
  'origin-refused': 'The request comes from a page of another site.',
  'unsupported-media-type': 'A write needs a JSON body.',
  'token-required': 'This needs the node’s token.',
};

/** Comparing digests takes the same time wherever the texts differ. */
function isSameText(a: string, b: string): boolean {
  const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function addErrors(app: FastifyInstance, options: ServerOptions): void {
  app.setNotFoundHandler(async (request, reply) =>
    sendError(reply, 'not-found', `There is no ${request.method} ${pathOf(request.url)}.`),
  );
  app.setErrorHandler(async (error: FastifyError, _, reply) => {
    const code = codeOf(error);
    if (code === 'internal') options.onDefect(error);
    const message = code === 'internal' ? 'The node failed to answer.' : sentence(error.message);
    return sendError(reply, code, message);
  });
}

function codeOf(error: FastifyError): HttpErrorCode {
  if (error.validation !== undefined) return 'bad-request';
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return 'too-large';
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'unsupported-media-type';
  return error.statusCode !== undefined && error.statusCode < 500 ? 'bad-request' : 'internal';
}

function addRoute(app: FastifyInstance, name: RouteName, handlers: Handlers): void {
  const route: Route = ROUTES[name];
  const handle = handlers[name] as AnyHandler;
  const schema: Record<string, JsonSchema> = {};
  if (route.params !== undefined) schema['params'] = route.params;
  if (route.query !== undefined) schema['querystring'] = route.query;
  if (route.body !== undefined) schema['body'] = route.body;
  app.route({
    method: route.method,
    url: route.path,
    schema,
    config: { needsToken: route.needsToken === true } as FastifyContextConfig,
    ...(LARGE_BODIES.has(name) ? { bodyLimit: BLOCK_BODY_BYTES_MAX } : {}),
    handler: async ({ params, query, body }, reply) => {
      const answer = await handle({ params, query, body } as RequestOf<RouteName>);
      if (answer.ok) return reply.send(answer.value);
      const { status, body: error } = answerOf(answer.error);
      return reply.code(status).send(error);
    },
  });
}

/** No route of the table, whose answers are JSON. */
function addMetrics(app: FastifyInstance, { metrics }: ServerOptions): void {
  if (metrics === undefined) return;
  app.get('/metrics', async (_, reply) => reply.type(METRICS_TYPE).send(metrics()));
}

function sendError(reply: FastifyReply, code: HttpErrorCode, message: string): FastifyReply {
  return reply.code(HTTP_ERRORS[code].status).send(errorOf(code, message));
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
