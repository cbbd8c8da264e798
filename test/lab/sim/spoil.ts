/** Damage of which nobody tells the simulator. */

import Database from 'better-sqlite3';
import type { Disk } from '../../../lab/sim/disk.js';

/** For `spoil`: the last of the coins is gone. */
export const LOST_COIN = 'DELETE FROM coins WHERE outpoint = (SELECT max(outpoint) FROM coins)';

/** Does to the disk of somebody whose program does not run what no disk should. */
export function spoil({ disk }: { readonly disk: Disk }, sql: string): void {
  const database = new Database(disk.bytes());
  database.exec(sql);
  disk.replace(database.serialize());
  database.close();
}
