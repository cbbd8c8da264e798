/**
 * A small file system in a mount namespace of its own, on a host of a LAN: only what runs behind
 * `runner` sees it, and it is gone with the program that holds it.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';
import { projectRoot } from './paths.js';
import { start, until, type Running } from './programs.js';

export class SmallDisk {
  readonly #holder: Running;
  readonly #folder: string;

  private constructor(holder: Running, folder: string) {
    this.#holder = holder;
    this.#folder = folder;
  }

  /** Mounted at `folder`, on the host on which `host` runs programs. */
  static async at(folder: string, host: readonly string[], sizeBytes: number): Promise<SmallDisk> {
    mkdirSync(folder);
    const [program = '', ...words] = host;
    const script = 'mount -t tmpfs -o size="$1" tmpfs "$0" && echo ready && exec sleep 1000000';
    const shell = ['unshare', '--mount', 'sh', '-c', script, folder, String(sizeBytes)];
    const holder = start(program, [...words, ...shell], { cwd: projectRoot });
    const isReady = (): true | undefined => holder.output() === 'ready\n' || undefined;
    await until('the small disk', 10_000, isReady);
    return new SmallDisk(holder, folder);
  }

  /** What runs a program beside it. */
  get runner(): string[] {
    return ['nsenter', '--target', String(this.#holder.child.pid), '--mount', '--net', '--wd'];
  }

  /** Makes it as large as what it holds and `freeBytes` more. */
  leave(freeBytes: number): void {
    const seen = `/proc/${String(this.#holder.child.pid)}/root${this.#folder}`;
    const { blocks, bfree, bsize } = statfsSync(seen);
    const size = `remount,size=${String((blocks - bfree) * bsize + freeBytes)}`;
    const [, ...words] = [...this.runner, 'mount', '-o', size, this.#folder];
    execFileSync('nsenter', words, { stdio: 'pipe' });
  }

  close(): void {
    this.#holder.child.kill('SIGKILL');
  }
}
