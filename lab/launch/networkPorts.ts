/** The ports of a network on one computer: the tracker's, and the peers' in order. */

import { Trouble } from '../../shared/io/trouble.js';
import {
  browserBlocked,
  choosePorts,
  isPortFree,
  type PortChoice,
  type PortRequest,
} from './ports.js';

export interface NodePorts {
  readonly tcpPort: number;
  readonly httpPort: number;
}

export interface PortOptions {
  readonly host: string;
  readonly peers: number;
  readonly tcpFrom: number;
  readonly httpFrom: number;
  readonly trackerPort: TrackerPort;
  readonly trackerHttp: TrackerPort;
}

export interface TrackerPort {
  readonly port: number;
  /** The user named it: others may know the tracker by it, so another one would be a surprise. */
  readonly isChosen: boolean;
}

export interface NetworkPorts {
  readonly tracker: NodePorts;
  readonly peers: readonly NodePorts[];
  /** Sentences about ports that were passed over. */
  readonly skipped: readonly string[];
}

const LOOPBACK = ['127.0.0.1', '::1'];

/** Throws `Trouble` when ports that were chosen for the tracker are in use. */
export async function chooseNetworkPorts(options: PortOptions): Promise<NetworkPorts> {
  await refuseUsed(options);
  const chosen = await trackerPorts(options);
  const [tcpPort = 0, httpPort = 0] = chosen.ports;
  const tracker = { tcpPort, httpPort };
  const { peers, skipped } = await choosePeerPorts(options, tracker);
  return { tracker, peers, skipped: [...chosen.skipped, ...skipped] };
}

/** `ports` with others for the peers whose indices are in `lost`. */
export async function replacePeerPorts(
  options: PortOptions,
  ports: NetworkPorts,
  lost: readonly number[],
): Promise<NetworkPorts> {
  const { peers } = await choosePeerPorts({ ...options, peers: lost.length }, ports.tracker);
  const replaced = ports.peers.map((own, i) => peers[lost.indexOf(i)] ?? own);
  return { ...ports, peers: replaced };
}

async function choosePeerPorts(
  options: PortOptions,
  tracker: NodePorts,
): Promise<Omit<NetworkPorts, 'tracker'>> {
  const { host, peers: count } = options;
  const ofTracker: [number, string][] = [
    [tracker.tcpPort, 'the tracker’s'],
    [tracker.httpPort, 'the tracker’s page'],
  ];
  const http = await choosePorts({
    purpose: 'HTTP',
    flag: 'http-from',
    from: options.httpFrom,
    count,
    reserved: new Map([...browserBlocked(), ...ofTracker]),
    isFree: (port) => isPortFree(port, LOOPBACK),
  });
  const taken = http.ports.map((port): [number, string] => [port, 'taken for HTTP']);
  const tcp = await choosePorts({
    purpose: 'TCP',
    flag: 'tcp-from',
    from: options.tcpFrom,
    count,
    reserved: new Map([...ofTracker, ...taken]),
    isFree: (port) => isPortFree(port, [host]),
  });
  return {
    peers: http.ports.map((httpPort, i) => ({ httpPort, tcpPort: tcp.ports[i] ?? 0 })),
    skipped: [...http.skipped, ...tcp.skipped],
  };
}

/** The tracker's TCP port and that of its page: the chosen ones, else the first free ones. */
async function trackerPorts(options: PortOptions): Promise<PortChoice> {
  const { host, trackerPort, trackerHttp } = options;
  const tcp = await trackerPortOf(trackerPort, {
    purpose: 'Tracker TCP',
    flag: 'tracker-port',
    reserved: new Map([[trackerHttp.port, 'the tracker’s page']]),
    isFree: (port) => isPortFree(port, [host]),
  });
  const [tcpPort = 0] = tcp.ports;
  const http = await trackerPortOf(trackerHttp, {
    purpose: 'Tracker HTTP',
    flag: 'tracker-http',
    reserved: browserBlocked().set(tcpPort, 'the tracker’s'),
    isFree: (port) => isPortFree(port, LOOPBACK),
  });
  return { ports: [...tcp.ports, ...http.ports], skipped: [...tcp.skipped, ...http.skipped] };
}

async function trackerPortOf(
  { port, isChosen }: TrackerPort,
  request: Omit<PortRequest, 'from' | 'count'>,
): Promise<PortChoice> {
  if (isChosen) return { ports: [port], skipped: [] };
  return choosePorts({ ...request, from: port, count: 1 });
}

/** All at once, so that one more start is enough. */
async function refuseUsed({ host, trackerPort, trackerHttp }: PortOptions): Promise<void> {
  const asked = [
    { ...trackerPort, hosts: [host], flag: '--tracker-port' },
    { ...trackerHttp, hosts: LOOPBACK, flag: '--tracker-http' },
  ];
  const used: typeof asked = [];
  for (const one of asked) {
    if (one.isChosen && !(await isPortFree(one.port, one.hosts))) used.push(one);
  }
  if (used.length === 0) return;
  const ports = used.map(({ port }) => String(port)).join(' and ');
  const flags = used.map(({ flag }) => flag).join(' and ');
  const [what, stop, other] =
    used.length === 1
      ? [`Port ${ports}, meant for the tracker, is`, 'program that uses it', 'another']
      : [`Ports ${ports}, meant for the tracker, are`, 'programs that use them', 'others'];
  throw new Trouble(
    'port-in-use',
    `${what} in use.`,
    `Stop the ${stop} (perhaps another network: cairn network down), ` +
      `or choose ${other} with ${flags}.`,
  );
}
