/** The ports of a network on one computer: the tracker's as asked, the peers' in order. */

import { Trouble } from '../../shared/io/trouble.js';
import { browserBlocked, choosePorts, isPortFree } from './ports.js';

export interface NodePorts {
  readonly tcpPort: number;
  readonly httpPort: number;
}

export interface PortOptions {
  readonly host: string;
  readonly peers: number;
  readonly tcpFrom: number;
  readonly httpFrom: number;
  readonly trackerPort: number;
  readonly trackerHttp: number;
}

export interface NetworkPorts {
  readonly tracker: NodePorts;
  readonly peers: readonly NodePorts[];
  /** Sentences about ports that were passed over. */
  readonly skipped: readonly string[];
}

const LOOPBACK = ['127.0.0.1', '::1'];

/** Throws `Trouble` when the tracker's ports are in use: others know it by them. */
export async function chooseNetworkPorts(options: PortOptions): Promise<NetworkPorts> {
  const { host, peers: count, trackerPort, trackerHttp } = options;
  await requireFree(trackerPort, [host], 'tracker-port');
  await requireFree(trackerHttp, LOOPBACK, 'tracker-http');
  const ofTracker: [number, string][] = [
    [trackerPort, 'the tracker’s'],
    [trackerHttp, 'the tracker’s page'],
  ];
  const http = await choosePorts({
    purpose: 'HTTP',
    from: options.httpFrom,
    count,
    reserved: new Map([...browserBlocked(), ...ofTracker]),
    isFree: (port) => isPortFree(port, LOOPBACK),
  });
  const taken = http.ports.map((port): [number, string] => [port, 'a peer’s HTTP port']);
  const tcp = await choosePorts({
    purpose: 'TCP',
    from: options.tcpFrom,
    count,
    reserved: new Map([...ofTracker, ...taken]),
    isFree: (port) => isPortFree(port, [host]),
  });
  return {
    tracker: { tcpPort: trackerPort, httpPort: trackerHttp },
    peers: http.ports.map((httpPort, i) => ({ httpPort, tcpPort: tcp.ports[i] ?? 0 })),
    skipped: [...http.skipped, ...tcp.skipped],
  };
}

async function requireFree(port: number, hosts: readonly string[], flag: string): Promise<void> {
  if (await isPortFree(port, hosts)) return;
  throw new Trouble(
    'port-in-use',
    `Port ${String(port)}, meant for the tracker, is in use.`,
    'Stop the program that uses it (perhaps another network: cairn network down), ' +
      `or choose another with --${flag}.`,
  );
}
