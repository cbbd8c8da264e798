/** Which `Host` a request may carry. */

/**
 * Whether `hostAndPort`, a request's Host header, is an address, `localhost`, or the name under
 * which we were asked to listen. A page of another site can make its own name point here (DNS
 * rebinding), but neither an address nor our names.
 */
export function isWelcomeHost(hostAndPort: string, listenHost: string): boolean {
  const host = hostAndPort.replace(/:\d+$/, '').toLowerCase();
  const isAddress = /^\[[0-9a-f:.]+\]$/.test(host) || /^\d+\.\d+\.\d+\.\d+$/.test(host);
  return isAddress || host === 'localhost' || host === listenHost.toLowerCase();
}
