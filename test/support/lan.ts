/** Hosts of a small LAN: Linux network namespaces on one bridge, made by root and removed again. */

import { execFileSync } from 'node:child_process';

/** The hosts 10.99.0.1, 10.99.0.2 … of a LAN of its own. */
export class Lan {
  readonly #id = `ct${String(process.pid % 100_000)}`;
  readonly #bridge = `${this.#id}b`;
  readonly #hosts: string[] = [];

  private constructor() {
    ip('link', 'add', this.#bridge, 'type', 'bridge');
    ip('link', 'set', this.#bridge, 'up');
  }

  /** A LAN of `count` hosts, or why there can be none here. */
  static of(count: number): Lan | string {
    if (process.platform !== 'linux') return 'only Linux has network namespaces';
    if (process.getuid?.() !== 0) return 'only root can make network namespaces';
    let lan: Lan | undefined;
    try {
      lan = new Lan();
      for (let i = 0; i < count; i++) lan.#add();
      return lan;
    } catch (error) {
      lan?.close();
      return `no network namespaces here: ${String(error)}`;
    }
  }

  /** The address of host `index`, from 0. */
  address(index: number): string {
    return `10.99.0.${String(index + 1)}`;
  }

  /** What runs a program on host `index`: to be put before its command line. */
  commandOn(index: number): string[] {
    return ['ip', 'netns', 'exec', this.#hosts[index] ?? ''];
  }

  close(): void {
    for (const host of this.#hosts) ip('netns', 'del', host);
    ip('link', 'del', this.#bridge);
  }

  #add(): void {
    const index = this.#hosts.length;
    const host = `${this.#id}h${String(index)}`;
    const outside = `${this.#id}v${String(index)}`;
    ip('netns', 'add', host);
    this.#hosts.push(host);
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host);
    ip('link', 'set', outside, 'master', this.#bridge, 'up');
    ip('-n', host, 'addr', 'add', `${this.address(index)}/24`, 'dev', 'eth0');
    ip('-n', host, 'link', 'set', 'eth0', 'up');
    ip('-n', host, 'link', 'set', 'lo', 'up');
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
