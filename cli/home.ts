/** Where things live on this computer: the user's standard directories, or all below `--home`. */

import envPaths from 'env-paths';
import { join, resolve } from 'node:path';

export interface Home {
  /** Networks of `network up`, one folder each. */
  readonly networks: string;
  /** Lone peers, one folder a network. */
  readonly peers: string;
  /** The lone tracker. */
  readonly tracker: string;
  /** What runs now: one small file a program. */
  readonly running: string;
  /** The configuration file that is read when no other is named. */
  readonly configFile: string;
}

/** `root`: the setting `home`. */
export function homeAt(root: string | undefined): Home {
  const standard = envPaths('cairn', { suffix: '' });
  const data = root === undefined ? standard.data : resolve(root);
  return {
    networks: join(data, 'networks'),
    peers: join(data, 'peers'),
    tracker: join(data, 'tracker'),
    running: join(data, 'running'),
    configFile: join(root === undefined ? standard.config : data, 'config.json'),
  };
}
