/**
 * A line between the two switches of a LAN that delays what it carries and loses some of it: in the
 * cable's place, through a program on a host in the middle. So it needs no more of the kernel than
 * VXLAN, which wraps Ethernet frames into datagrams; delay by `tc` is not in every kernel.
 */

import { extname, join } from 'node:path';
import { ip, type Lan } from './lan.js';
import { start, until, type Running } from './programs.js';

const PROGRAM = join(import.meta.dirname, `slowLineProgram${extname(import.meta.filename)}`);

export interface LineQuality {
  /** In each direction. */
  readonly delayMs: number;
  /** 0–1. */
  readonly lostShare: number;
}

export class SlowLine {
  readonly #lan: Lan;
  readonly #program: Running;

  private constructor(lan: Lan, program: Running) {
    this.#lan = lan;
    this.#program = program;
  }

  /** Takes the cable's place, or says why it cannot. */
  static async between(lan: Lan, quality: LineQuality): Promise<SlowLine | string> {
    // Segments are cut by the hosts, not by a network card that is none.
    for (const host of lan.hosts) ip('-n', host, 'link', 'set', 'eth0', 'gso_max_segs', '1');
    const middle = lan.addNamespace('middle');
    for (const [i, side] of (['left', 'right'] as const).entries()) {
      const [own, far] = [`10.98.${String(i)}.1`, `10.98.${String(i)}.2`];
      const namespace = lan.switchOf(side);
      ip(
        ...['link', 'add', 'name', 'middle', 'netns', namespace],
        ...['type', 'veth', 'peer', 'name', side, 'netns', middle],
      );
      // Frames of 1,500 bytes and what they are wrapped in.
      for (const [where, device, address] of [
        [namespace, 'middle', own],
        [middle, side, far],
      ] as const) {
        ip('-n', where, 'addr', 'add', `${address}/24`, 'dev', device);
        ip('-n', where, 'link', 'set', device, 'mtu', '1600', 'up');
      }
      try {
        const vxlan = ['type', 'vxlan', 'id', '1', 'remote', far, 'dstport', '4789'];
        ip('-n', namespace, 'link', 'add', 'slow', ...vxlan);
      } catch (error) {
        return `this kernel has no VXLAN: ${String(error)}`;
      }
    }
    const node = [process.execPath, ...process.execArgv, PROGRAM];
    const words = [String(quality.delayMs), String(quality.lostShare)];
    const program = start('ip', ['netns', 'exec', middle, ...node, ...words]);
    await until('the slow line', 20_000, () => /^ready$/m.test(program.output()) || undefined);
    lan.cut();
    lan.plug('slow');
    return new SlowLine(lan, program);
  }

  /** Frames that it lost, once it is closed. */
  get lost(): Promise<number> {
    return this.#program.ended.then(({ stdout }) => Number(stdout.split('\n')[1]));
  }

  /** Gives the place back to the cable. */
  close(): void {
    for (const side of ['left', 'right'] as const) {
      ip('-n', this.#lan.switchOf(side), 'link', 'del', 'slow');
    }
    this.#lan.heal();
    this.#program.child.kill('SIGTERM');
  }
}
