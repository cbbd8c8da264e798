/**
 * The tracker's page: every network with its peers, made on the server, refreshed by a few lines of
 * script.
 */

import type { UnixSeconds } from '../../shared/units.js';
import type { NetworkPeersJson, PeerJson, StatusJson } from '../views.js';
import { type Html, html, NOTHING } from './html.js';

export interface PageView {
  readonly status: StatusJson;
  readonly networks: readonly NetworkPeersJson[];
  readonly nowUnix: UnixSeconds;
  /** `host:port` with which a peer can be told to join. */
  readonly joinAddress: string;
}

/** The whole document. */
export function renderPage(view: PageView): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Cairn tracker</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/tracker.css" />
        <script src="/tracker.js" defer></script>
      </head>
      <body>
        <main>${renderMain(view)}</main>
        <p id="lost" role="status" hidden>
          The tracker does not answer. What you see is as old as this line.
        </p>
      </body>
    </html> `.text;
}

/** What changes: the content of `main`. */
export function renderMain(view: PageView): Html {
  const { status, networks, joinAddress } = view;
  return html`<h1>Cairn tracker</h1>
    <p>
      Version ${status.version}, up for ${duration(status.uptimeSeconds)}. Peers reach it at
      <code>${status.listen}</code>: ${count(status.connections, 'connection')} open,
      ${count(status.announces, 'announce')} answered.
    </p>
    <p>To join: <code>cairn peer --tracker ${joinAddress} --mine</code></p>
    ${networks.map((network) => renderNetwork(network, view))}
    <p>
      The same as JSON: <a href="/api/status">status</a>, <a href="/api/networks">networks</a>,
      <a href="/api/peers">peers</a>.
    </p>`;
}

function renderNetwork(network: NetworkPeersJson, { nowUnix }: PageView): Html {
  const rows = [
    ...network.live.map((peer) => renderPeer(peer, LIVE, nowUnix)),
    ...network.unverified.map((peer) => renderPeer(peer, UNVERIFIED, nowUnix)),
    ...network.unreachable.map((peer) => renderPeer(peer, unreachable(peer.misses), nowUnix)),
    ...network.pruned.map((peer) => renderPeer(peer, pruned(peer.reason), nowUnix)),
  ];
  return html`<section>
    <h2>${network.name}</h2>
    <p>
      Network <code title="${network.id}">${short(network.id)}</code>, a block every
      ${network.targetInterval} s. ${count(network.liveCount, 'peer')} live,
      ${network.unverifiedCount} being called back, ${network.unreachableCount} unreachable,
      ${network.pruned.length} gone lately.
    </p>
    ${rows.length === 0 ? html`<p>No peer has announced itself yet.</p>` : renderTable(rows)}
    ${renderRest(network)}
  </section>`;
}

const renderTable = (rows: readonly Html[]): Html =>
  html`<table>
    <thead>
      <tr>
        <th scope="col">Status</th>
        <th scope="col">Name</th>
        <th scope="col">Address</th>
        <th scope="col">Known for</th>
        <th scope="col">Last seen</th>
        <th scope="col">Height then</th>
        <th scope="col">Node key</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;

function renderPeer(peer: PeerJson, status: Status, nowUnix: UnixSeconds): Html {
  return html`<tr class="${status.className}">
    <td data-label="Status"><span aria-hidden="true">${status.sign}</span> ${status.words}</td>
    <td data-label="Name">${peer.name === '' ? '–' : peer.name}</td>
    <td data-label="Address"><code>${peer.address}</code></td>
    <td data-label="Known for">${time(peer.firstSeenUnix, nowUnix, '')}</td>
    <td data-label="Last seen">${time(peer.lastSeenUnix, nowUnix, ' ago')}</td>
    <td data-label="Height then">${peer.height}</td>
    <td data-label="Node key"><code title="${peer.nodeKey}">${short(peer.nodeKey)}</code></td>
  </tr>`;
}

function renderRest(network: NetworkPeersJson): Html {
  const { live, unverified, unreachable } = network;
  const all = network.liveCount + network.unverifiedCount + network.unreachableCount;
  const rest = all - live.length - unverified.length - unreachable.length;
  if (rest === 0) return NOTHING;
  const href = `/api/peers?network=${network.id}&offset=${String(live.length)}`;
  return html`<p>and <a href="${href}">${count(rest, 'peer')} more</a></p>`;
}

interface Status {
  readonly className: string;
  readonly sign: string;
  readonly words: string;
}

const LIVE: Status = { className: 'live', sign: '●', words: 'live' };
const UNVERIFIED: Status = { className: 'unverified', sign: '◌', words: 'being called back' };

const unreachable = (misses: number): Status => ({
  className: 'unreachable',
  sign: '▲',
  words: `unreachable, ${count(misses, 'miss', 'misses')}`,
});

const pruned = (reason: string): Status => ({
  className: 'pruned',
  sign: '×',
  words: `gone: ${reason}`,
});

const short = (hex: string): string => `${hex.slice(0, 8)}…`;

const count = (number: number, one: string, many = `${one}s`): string =>
  `${String(number)} ${number === 1 ? one : many}`;

/** How long ago it was, with the date and time for the pointer. */
function time(unix: number, nowUnix: UnixSeconds, suffix: string): Html {
  const iso = isoOf(unix);
  return html`<time datetime="${iso}" title="${iso}">${duration(nowUnix - unix)}${suffix}</time>`;
}

const isoOf = (unix: number): string =>
  `${new Date(unix * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** `12 s`, `3 min`, `5 h`, `2 d`. */
function duration(seconds: number): string {
  const [unit, size] = UNITS.find(([, from]) => seconds >= from) ?? SECONDS;
  return `${String(Math.max(0, Math.floor(seconds / size)))} ${unit}`;
}

const SECONDS = ['s', 1] as const;
const UNITS = [['d', 86_400], ['h', 3_600], ['min', 60]] as const; // prettier-ignore
