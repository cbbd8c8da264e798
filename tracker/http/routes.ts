/** What the tracker answers over HTTP: from a request's parts to a status and a body. */

import type { ErrorBody } from '../../shared/http/errors.js';
import { isWelcomeHost } from '../../shared/http/welcomeHost.js';
import type { Now } from '../../shared/units.js';
import type { Page, Views } from '../views.js';
import { type PageView, renderMain, renderPage } from './page.js';
import { PAGE_SCRIPT } from './pageScript.js';
import { PAGE_STYLE } from './pageStyle.js';

export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The Host header. */
  readonly host: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface RoutesOptions {
  /** The host name under which the page was asked to listen. */
  readonly listenHost: string;
  /** Where peers reach the tracker. */
  readonly tcp: { readonly host: string; readonly port: number };
  /** An address of this machine that others of its network reach, if it has one. */
  readonly lanHost: string | undefined;
}

/** Answers `request`; reads only. */
export function answer(
  request: HttpRequest,
  options: RoutesOptions,
  views: Views,
  now: Now,
): HttpAnswer {
  const { host, method } = request;
  if (host === undefined || !isWelcomeHost(host, options.listenHost)) return HOST_REFUSED;
  if (method !== 'GET' && method !== 'HEAD') return METHOD_REFUSED;
  const [path = '', query = ''] = request.url.split('?', 2);
  switch (path) {
    case '/':
      return ok(HTML, renderPage(pageView(host, options, views, now)));
    case '/main':
      return ok(HTML, renderMain(pageView(host, options, views, now)).text);
    case '/tracker.css':
      return ok('text/css; charset=utf-8', PAGE_STYLE);
    case '/tracker.js':
      return ok('text/javascript; charset=utf-8', PAGE_SCRIPT);
    case '/health':
      return json({ status: 'ok' });
    case '/api/status':
      return json(views.status(now));
    case '/api/networks':
      return json({ networks: views.networks() });
    case '/api/peers':
      return answerPeers(new URLSearchParams(query), views);
    default:
      return NOT_FOUND;
  }
}

function answerPeers(query: URLSearchParams, views: Views): HttpAnswer {
  const page = pageOf(query);
  if (page === undefined) return BAD_PAGE;
  const network = query.get('network') ?? undefined;
  const networks = views.peers(network, page);
  return networks.length === 0 && network !== undefined ? UNKNOWN_NETWORK : json({ networks });
}

function pageOf(query: URLSearchParams): Page | undefined {
  const offset = wholeNumber(query.get('offset') ?? '0');
  const limit = wholeNumber(query.get('limit') ?? String(LIMIT_DEFAULT));
  if (offset === undefined || limit === undefined || limit > LIMIT_MAX) return undefined;
  return { offset, limit };
}

const LIMIT_DEFAULT = 100;

/** Peers of each kind in one answer: some 300 kB of JSON. */
const LIMIT_MAX = 1_000;

const wholeNumber = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) ? Number(text) : undefined;

/** The page shows this many of each kind; the JSON has all. */
const ON_THE_PAGE = { offset: 0, limit: 100 };

const pageView = (host: string, options: RoutesOptions, views: Views, now: Now): PageView => ({
  status: views.status(now),
  networks: views.peers(undefined, ON_THE_PAGE),
  nowUnix: now.unix,
  joinAddress: joinAddress(host, options),
});

/**
 * As the reader reaches the page, so does a peer reach the tracker, unless that listens elsewhere.
 * Who reads it on the tracker's own machine wants the others to join.
 */
function joinAddress(host: string, { tcp, lanHost }: RoutesOptions): string {
  const isEverywhere = tcp.host === '0.0.0.0' || tcp.host === '::';
  const asReached = host.replace(/:\d+$/, '').toLowerCase();
  const isHere = asReached === 'localhost' || asReached === '[::1]' || asReached.startsWith('127.');
  const name = isHere && lanHost !== undefined ? lanHost : asReached;
  return `${isEverywhere ? name : bracketed(tcp.host)}:${String(tcp.port)}`;
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const HTML = 'text/html; charset=utf-8';

const ok = (contentType: string, body: string): HttpAnswer => ({ status: 200, contentType, body });

const JSON_TYPE = 'application/json; charset=utf-8';

const json = (value: object): HttpAnswer => ok(JSON_TYPE, JSON.stringify(value));

const refuse = (status: number, error: ErrorBody): HttpAnswer => ({
  status,
  contentType: JSON_TYPE,
  body: JSON.stringify(error),
});

const HOST_REFUSED = refuse(403, {
  code: 'host-refused',
  message: 'The request names a host that this tracker does not go by.',
  hint: 'Call the tracker by its address, or by the host name that --http names.',
});
const METHOD_REFUSED = refuse(405, {
  code: 'method-not-allowed',
  message: 'The tracker answers GET only.',
  hint: 'Peers announce themselves over its TCP port.',
});
const NOT_FOUND = refuse(404, {
  code: 'not-found',
  message: 'There is nothing at this path.',
  hint: 'There are /, /api/status, /api/networks, /api/peers and /health.',
});
const UNKNOWN_NETWORK = refuse(404, {
  code: 'unknown-network',
  message: 'The tracker serves no such network.',
  hint: '/api/networks lists the networks with their ids and names.',
});
const BAD_PAGE = refuse(400, {
  code: 'bad-request',
  message: 'offset and limit must be whole numbers, limit at most 1000.',
  hint: 'For example /api/peers?offset=100&limit=100.',
});
