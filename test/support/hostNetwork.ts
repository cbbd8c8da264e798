/**
 * A tracker on the first host of a LAN, and peers on any of its hosts: the commands of the README
 * with all defaults. They are watched from inside their hosts.
 */

import { get } from 'node:http';
import { extname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { PeersJson, StatusJson } from '../../shared/http/nodeSchemas.js';
import type { StatusJson as TrackerJson } from '../../tracker/views.js';
import { Lan } from './lan.js';
import { runToEnd, start, until, type Running } from './programs.js';
import { Sandbox, untilPrinted } from './sandbox.js';

const DOOR = join(import.meta.dirname, `hostDoor${extname(import.meta.filename)}`);
const LOOK_EVERY_MS = 50;
const PEER_PORT = 5_000;
const TRACKER_PORT = 5_010;

export interface HostPeer {
  /** The number of its host. */
  readonly host: number;
  readonly running: Running;
}

export class HostNetwork {
  readonly lan: Lan;
  readonly sandbox = new Sandbox();
  readonly #doors = new Map<string, Running>();

  private constructor(lan: Lan) {
    this.lan = lan;
  }

  /** On a LAN of `left` and `right` hosts, or why there can be none here. */
  static of(left: number, right: number): HostNetwork | string {
    const lan = Lan.of(left, right);
    return typeof lan === 'string' ? lan : new HostNetwork(lan);
  }

  /** Ends all that runs, and removes the hosts. */
  async close(): Promise<void> {
    for (const door of this.#doors.values()) door.child.kill('SIGKILL');
    await this.sandbox.close();
    this.lan.close();
  }

  async startTracker(): Promise<Running> {
    const running = this.sandbox.startOn(
      this.lan.commandOn(0),
      ...['tracker', '--template', 'dev', '--data', this.sandbox.path('tracker')],
    );
    await untilPrinted(running, /the tracker takes peers/);
    return running;
  }

  /** Starts a peer that is given nothing but the tracker's address and a place for its data. */
  launchPeer(host: number, data = this.dataOf(host), runner = this.lan.commandOn(host)): HostPeer {
    const tracker = `${this.lan.address(0)}:5009`;
    const words = ['peer', '--tracker', tracker, '--data', data];
    return { host, running: this.sandbox.startOn(runner, ...words) };
  }

  /** The same, and waits until it is up. */
  async startPeer(...parameters: Parameters<HostNetwork['launchPeer']>): Promise<HostPeer> {
    const peer = this.launchPeer(...parameters);
    await untilPrinted(peer.running, /the peer is up/);
    return peer;
  }

  /** Where the peer of a host keeps its data. */
  dataOf(host: number): string {
    return this.sandbox.path(`peer${String(host)}`);
  }

  /** Mines on demand; returns the last hash. */
  async mine({ host }: HostPeer, count: number): Promise<string> {
    const words = ['mine', String(count), '--node', 'http://127.0.0.1:5000'];
    const runner = this.lan.commandOn(host);
    const { hashes } = await this.sandbox.jsonOn<{ hashes: string[] }>(runner, ...words);
    return hashes.at(-1) ?? '';
  }

  /** What the API of a peer says; `undefined` while it does not answer. */
  status({ host }: HostPeer): Promise<StatusJson | undefined> {
    return this.#ask<StatusJson>(host, PEER_PORT, '/api/status');
  }

  /** What the API of the tracker says; `undefined` while it does not answer. */
  trackerStatus(): Promise<TrackerJson | undefined> {
    return this.#ask<TrackerJson>(0, TRACKER_PORT, '/api/status');
  }

  /** The hosts with which a peer has sessions, ascending. */
  async neighbours({ host }: HostPeer): Promise<number[]> {
    const found = await this.#ask<PeersJson>(host, PEER_PORT, '/api/peers');
    const ready = found?.peers.filter(({ state }) => state === 'ready') ?? [];
    const addresses = ready.map(({ address }) => address.split(':')[0]);
    const hosts = addresses.map((address) => Number(address?.split('.').at(-1)) - 1);
    return [...new Set(hosts)].sort((a, b) => a - b);
  }

  /** How long it takes from a host to another until a connection is open. */
  async connectMs({ host }: HostPeer, to: number): Promise<number> {
    const script = `
      const start = performance.now();
      require('node:net').connect(5009, '${this.lan.address(to)}', () => {
        console.log(performance.now() - start);
        process.exit();
      });`;
    const [program = '', ...words] = this.lan.commandOn(host);
    const { stdout } = await runToEnd(program, [...words, process.execPath, '-e', script]);
    return Number(stdout);
  }

  /** Waits until all of `peers` stand at `tip`; returns how long that took. */
  async agree(peers: readonly HostPeer[], tip: string, timeoutMs = 20_000): Promise<number> {
    const start = performance.now();
    for (;;) {
      const all = await Promise.all(peers.map((peer) => this.status(peer)));
      const elapsedMs = performance.now() - start;
      if (all.every((status) => status?.tip === tip)) return elapsedMs;
      if (elapsedMs > timeoutMs) throw new Error(this.#disagreement(peers, all, tip));
      await delay(LOOK_EVERY_MS);
    }
  }

  /** Waits until each of `peers` has sessions with exactly the others of them. */
  async meet(peers: readonly HostPeer[], timeoutMs = 30_000): Promise<void> {
    const hosts = peers.map(({ host }) => host);
    await until(`sessions among hosts ${hosts.join()}`, timeoutMs, async () => {
      const all = await Promise.all(peers.map((peer) => this.neighbours(peer)));
      const isDone = all.every(
        (found, i) => found.join() === hosts.filter((host) => host !== hosts[i]).join(),
      );
      return isDone ? true : undefined;
    });
  }

  #disagreement(
    peers: readonly HostPeer[],
    all: readonly (StatusJson | undefined)[],
    tip: string,
  ): string {
    const stand = all.map((status) => `${String(status?.height)} ${String(status?.tip)}`);
    const outputs = peers.map(({ running }) => running.output());
    return [`not at ${tip}: ${stand.join(', ')}`, ...outputs].join('\n---\n');
  }

  /** Through a program that stays on the host, for starting one takes longer than the answer. */
  async #ask<T>(host: number, port: number, path: string): Promise<T | undefined> {
    const socketPath = this.sandbox.path(`door-${String(host)}-${String(port)}`);
    if (!this.#doors.has(socketPath)) {
      this.#doors.set(socketPath, this.#openDoor(host, socketPath, port));
    }
    return new Promise<T | undefined>((resolve) => {
      const request = get({ socketPath, path, agent: false, timeout: 2_000 }, (response) => {
        resolve(json(response).then((body) => body as T));
      });
      request.once('timeout', () => request.destroy());
      request.once('error', () => {
        resolve(undefined);
      });
    });
  }

  #openDoor(host: number, socketPath: string, port: number): Running {
    const [program = '', ...words] = this.lan.commandOn(host);
    const node = [process.execPath, ...process.execArgv, DOOR, socketPath, String(port)];
    return start(program, [...words, ...node]);
  }
}
