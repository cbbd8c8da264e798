/** The client of a node's HTTP API, made from the table of routes. */

import { fail, ok, type Result } from '../result.js';
import type { ErrorBody } from './errors.js';
import { ROUTES, type AnswerOf, type RequestOf, type Route, type RouteName } from './routes.js';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:5000`. */
  readonly baseUrl: string;
  /** Needed for writes to a node whose API listens elsewhere than on loopback. */
  readonly token?: string | undefined;
  readonly timeoutMs?: number;
}

export type ClientProblem =
  /** Nobody listens there, or it did not answer in time. */
  | { readonly type: 'unreachable'; readonly detail: string }
  /** Somebody answers, but it is no node of ours. */
  | { readonly type: 'not-a-node' }
  | { readonly type: 'refused'; readonly status: number; readonly error: ErrorBody };

/** Long enough for a thousand blocks on demand, short enough to notice a stopped process. */
const TIMEOUT_MS = 30_000;

type Given<R> = { readonly [P in keyof R as R[P] extends undefined ? never : P]: R[P] };

export class NodeClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get baseUrl(): string {
    return this.#options.baseUrl;
  }

  /** Calls the route `name`. */
  async call<N extends RouteName>(
    name: N,
    request: Given<RequestOf<N>>,
  ): Promise<Result<AnswerOf<N>, ClientProblem>> {
    const { params, query, body } = request as Partial<Record<string, Record<string, unknown>>>;
    const route: Route = ROUTES[name];
    const url = new URL(fillPath(route.path, params ?? {}), this.#options.baseUrl);
    for (const [key, value] of Object.entries(query ?? {}))
      url.searchParams.set(key, String(value));
    const answered = await this.#send(route.method, url, body);
    if (!answered.ok) return answered;
    const { status, json } = answered.value;
    if (status >= 200 && status < 300 && isObject(json)) return ok(json as AnswerOf<N>);
    return fail(isErrorBody(json) ? { type: 'refused', status, error: json } : NOT_A_NODE);
  }

  async #send(method: string, url: URL, body: unknown): Promise<Result<Answer, ClientProblem>> {
    const { token, timeoutMs } = this.#options;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const signal = AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS);
    const init: RequestInit = { method, headers, signal, redirect: 'error' };
    if (body !== undefined) init.body = JSON.stringify(body);
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      return fail({ type: 'unreachable', detail: reasonOf(error) });
    }
    try {
      return ok({ status: response.status, json: await response.json() });
    } catch {
      return fail(NOT_A_NODE);
    }
  }
}

interface Answer {
  readonly status: number;
  readonly json: unknown;
}

const NOT_A_NODE: ClientProblem = { type: 'not-a-node' };

function fillPath(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return isObject(cause) && typeof cause['code'] === 'string' ? cause['code'] : String(cause);
}

function isErrorBody(json: unknown): json is ErrorBody {
  return isObject(json) && typeof json['code'] === 'string' && typeof json['message'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
