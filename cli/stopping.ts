/** How a long-running command learns that it should end. */

import { isStop, type ChildMessage } from '../lab/launch/messages.js';
import { EXIT } from './exitCodes.js';

/** Whether a launcher started this process and is connected to it. */
export const hasLauncher = (): boolean => process.send !== undefined;

/** npm hands the signal on to a process that has it from the terminal already. */
const ONE_PRESS_MS = 100;

/**
 * Resolves at the first request to end: Ctrl-C, SIGTERM, a closed terminal; for a launcher's child,
 * its message or its death. At a second Ctrl-C `force` is called, and the process ends at once.
 */
export function stopRequested(force: () => void = () => undefined): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onInterrupt = (): void => {
      // A terminal sends Ctrl-C to children, too; theirs comes from the launcher.
      if (hasLauncher()) return;
      resolve();
      firstAt ??= performance.now();
      if (performance.now() - firstAt < ONE_PRESS_MS) return;
      force();
      process.exit(EXIT.interrupted);
    };
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', () => {
      resolve();
    });
    process.on('SIGHUP', () => {
      resolve();
    });
    if (!hasLauncher()) return;
    process.on('message', (message) => {
      if (isStop(message)) resolve();
    });
    process.on('disconnect', () => {
      resolve();
    });
    // It may have died before we listened.
    if (!process.connected) resolve();
  });
}

/** Tells the launcher, where there is one. */
export function tellLauncher(message: ChildMessage): void {
  if (process.connected) process.send?.(message, () => undefined);
}

/** Lets the process end: an open channel to the launcher keeps it alive. */
export function leaveLauncher(): void {
  if (process.connected) process.disconnect();
}
