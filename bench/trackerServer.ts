/**
 * The tracker as a process of its own, for its bench: tells its port, and what it uses when asked.
 */

import { startTracker } from '../tracker/main.js';
import { Logger } from '../shared/io/logger.js';

/** What the process tells its parent: first where it listens, then once for each question. */
export type ServerMessage =
  | { readonly type: 'listening'; readonly port: number; readonly networkId: string }
  | { readonly type: 'usage'; readonly rssBytes: number; readonly cpuMs: number };

const [dataDirectory = ''] = process.argv.slice(2);
const loopback = { host: '127.0.0.1', port: 0 };
const running = await startTracker(
  { dataDirectory, listen: loopback, http: loopback, genesisFiles: [] },
  {
    logger: new Logger({
      format: 'text',
      level: 'error',
      stream: process.stderr,
      hasColour: false,
    }),
    onTrouble: (error) => {
      throw error;
    },
  },
);
const tell = (message: ServerMessage): void => {
  process.send?.(message);
};

process.on('message', () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  tell({ type: 'usage', rssBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1000 });
});
process.once('disconnect', () => {
  process.exit();
});
const networkId = running.networks[0]?.id ?? '';
tell({ type: 'listening', port: running.tcp.port, networkId });
