/** What a run, or many, tell people. */

import { RARE_PATHS, type Sometimes } from './sometimes.js';
import type { ScenarioOptions } from './scenario.js';

/** The one command that gives the same run again. */
export const replayCommand = ({ seed, nodes, hours, faults }: ScenarioOptions): string =>
  `npm run sim -- --seed ${String(seed)} --nodes ${String(nodes)} --hours ${String(hours)} ` +
  `--faults ${faults}`;

/** How often each rare path was taken. */
export function* tableOf(sometimes: Sometimes): Generator<string, void> {
  yield 'rare paths, and how often they were taken:';
  for (const [path, count] of sometimes.table()) {
    yield `${String(count).padStart(8)}  ${path}: ${RARE_PATHS[path]}`;
  }
}
