/**
 * Hosts of a small LAN: Linux network namespaces on two switches with a cable between them, made by
 * root and removed again. Switches are namespaces of their own with a bridge each, so that nothing
 * of it is seen outside.
 */

import { execFileSync } from 'node:child_process';
import { isRunning } from './programs.js';

/** The switch on which a host is. */
export type Side = 'left' | 'right';

/** Names are `cairn-test-PID-…`: any later run removes what belonged to a process that is gone. */
const PREFIX = 'cairn-test-';

/** The hosts 10.99.0.1, 10.99.0.2 … of a LAN of its own. */
export class Lan {
  static #count = 0;
  readonly #id = `${PREFIX}${String(process.pid)}-${String(Lan.#count++)}`;
  readonly #namespaces: string[] = [];
  /** Their namespaces. */
  readonly hosts: string[] = [];

  private constructor() {
    for (const side of ['left', 'right'] as const) this.#addSwitch(side);
    const cable = ['name', 'cable'];
    ip(
      ...['link', 'add', ...cable, 'netns', this.switchOf('left')],
      ...['type', 'veth', 'peer', ...cable, 'netns', this.switchOf('right')],
    );
    this.plug('cable');
  }

  /** A LAN of `left` and, behind the cable, `right` hosts, or why there can be none here. */
  static of(left: number, right: number): Lan | string {
    if (process.platform !== 'linux') return 'only Linux has network namespaces';
    if (process.getuid?.() !== 0) return 'only root can make network namespaces';
    let lan: Lan | undefined;
    try {
      removeLeftOvers();
      lan = new Lan();
      for (let i = 0; i < left + right; i++) lan.#addHost(i < left ? 'left' : 'right');
      return lan;
    } catch (error) {
      lan?.close();
      return `no network namespaces here: ${String(error)}`;
    }
  }

  /** The address of host `index`, from 0; the first ones are on the left. */
  address(index: number): string {
    return `10.99.0.${String(index + 1)}`;
  }

  /** What runs a program on host `index`: to be put before its command line. */
  commandOn(index: number): string[] {
    return ['ip', 'netns', 'exec', this.hosts[index] ?? ''];
  }

  /** The namespace of a switch, with the bridge `ports`. */
  switchOf(side: Side): string {
    return `${this.#id}-${side}`;
  }

  /** Takes the cable between the switches out. No host is told: what is on its way is lost. */
  cut(): void {
    ip('-n', this.switchOf('left'), 'link', 'set', 'cable', 'down');
  }

  /** Puts it in again. */
  heal(): void {
    ip('-n', this.switchOf('left'), 'link', 'set', 'cable', 'up');
  }

  /** Puts the devices of this name into both switches. */
  plug(device: string): void {
    for (const side of ['left', 'right'] as const) {
      ip('-n', this.switchOf(side), 'link', 'set', device, 'master', 'ports', 'up');
    }
  }

  /** A namespace beside the hosts, which goes with the LAN. */
  addNamespace(name: string): string {
    const namespace = `${this.#id}-${name}`;
    ip('netns', 'add', namespace);
    this.#namespaces.push(namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    return namespace;
  }

  close(): void {
    for (const namespace of this.#namespaces.splice(0)) ip('netns', 'del', namespace);
  }

  #addSwitch(side: Side): void {
    const namespace = this.addNamespace(side);
    ip('-n', namespace, 'link', 'add', 'ports', 'type', 'bridge');
    ip('-n', namespace, 'link', 'set', 'ports', 'up');
  }

  #addHost(side: Side): void {
    const index = this.hosts.length;
    const host = this.addNamespace(`host${String(index)}`);
    const port = `host${String(index)}`;
    ip(
      ...['link', 'add', 'name', port, 'netns', this.switchOf(side)],
      ...['type', 'veth', 'peer', 'name', 'eth0', 'netns', host],
    );
    ip('-n', this.switchOf(side), 'link', 'set', port, 'master', 'ports', 'up');
    ip('-n', host, 'addr', 'add', `${this.address(index)}/24`, 'dev', 'eth0');
    ip('-n', host, 'link', 'set', 'eth0', 'up');
    this.hosts.push(host);
  }
}

/** Runs `ip`; throws what it says when it fails. */
export function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { stdio: 'pipe', encoding: 'utf8' });
}

/** Of runs that were killed. */
function removeLeftOvers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [name = ''] = line.split(' ');
    const [, pid] = /^cairn-test-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) ip('netns', 'del', name);
  }
}
