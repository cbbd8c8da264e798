/** Which process listens on a port, where the system lets us look (Linux, our own processes). */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Such as `node (pid 4711)`; `undefined` when nothing can be found out. */
export function portHolder(port: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(table, port)),
  );
  if (sockets.size === 0) return undefined;
  const pid = namesIn('/proc').find((name) => /^\d+$/.test(name) && holdsOne(name, sockets));
  return pid === undefined ? undefined : `${programOf(pid)} (pid ${pid})`;
}

/** The links (`socket:[inode]`) of sockets in state LISTEN on `port`. */
function listeningSockets(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = textOf(table).split('\n').slice(1);
  const columns = rows.map((row) => row.trim().split(/\s+/));
  return columns
    .filter(([, local, , state]) => local?.endsWith(suffix) === true && state === LISTEN)
    .map((row) => `socket:[${row[INODE_COLUMN] ?? ''}]`);
}

const LISTEN = '0A';
const INODE_COLUMN = 9;

const holdsOne = (pid: string, sockets: ReadonlySet<string>): boolean =>
  namesIn(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));

const programOf = (pid: string): string => textOf(`/proc/${pid}/comm`).trim() || 'a program';

// Processes come and go while we look, and those of others are closed to us.
const namesIn = (folder: string): string[] => orElse(() => readdirSync(folder), []);
const textOf = (file: string): string => orElse(() => readFileSync(file, 'utf8'), '');
const linkOf = (link: string): string => orElse(() => readlinkSync(link), '');

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
