/**
 * Who may call the API. A page of another site, open in the browser of the node's owner, must be
 * able to call nothing: neither directly (Origin) nor under a name that it made point here (Host,
 * DNS rebinding).
 */

import type { HttpErrorCode } from '../../shared/http/errors.js';
import { isWelcomeHost } from '../../shared/http/welcomeHost.js';

export interface Caller {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  /** Whether what is called needs the token in any case. */
  readonly needsToken: boolean;
}

export interface GuardOptions {
  /** The host under which the API was asked to listen: a name given there is welcome as Host. */
  readonly listenHost: string;
  readonly token: string;
  /** Not where only this computer can connect. */
  readonly writesNeedToken: boolean;
  readonly isSameText: (a: string, b: string) => boolean;
}

/** Why the request is refused, or `undefined`. */
export function checkCaller(caller: Caller, options: GuardOptions): HttpErrorCode | undefined {
  const { host, origin } = caller;
  if (host === undefined || !isWelcomeHost(host, options.listenHost)) return 'host-refused';
  if (origin !== undefined && !isSameOrigin(origin, host)) return 'origin-refused';
  const isWrite = !isRead(caller.method);
  if (isWrite && !isJson(caller.contentType)) return 'unsupported-media-type';
  const needsToken = caller.needsToken || (isWrite && options.writesNeedToken);
  if (!needsToken) return undefined;
  const expected = `Bearer ${options.token}`;
  return options.isSameText(caller.authorization ?? '', expected) ? undefined : 'token-required';
}

/** Whether connections to `host` can only come from this computer. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function isSameOrigin(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType);
