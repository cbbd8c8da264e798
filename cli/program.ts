/** The life of a long-running program: start, ready, trouble or a request to stop, end. */

import { Logger } from '../shared/io/logger.js';
import type { LogLevel } from '../shared/io/logLine.js';
import { describeFailure, Trouble } from '../shared/io/trouble.js';
import type { Output } from './output.js';
import { leaveLauncher, stopRequested, tellLauncher } from './stopping.js';

export interface ProgramOptions {
  readonly log: { readonly format: 'text' | 'json'; readonly level: LogLevel };
  readonly output: Output;
}

export interface ProgramContext {
  readonly logger: Logger;
  /** Trouble after the start: the program ends, and `runProgram` throws it. */
  readonly onTrouble: (error: unknown) => void;
  /** Resolves when the program is to end; a start that takes long should give up then. */
  readonly stopRequested: Promise<void>;
}

export interface RunningProgram {
  readonly tcpAddress: string;
  readonly httpUrl: string;
  close(): Promise<void>;
}

/**
 * Runs what `start` starts, until a request to stop. Throws trouble, also that of a launcher's
 * child, which hears of it first. `start` returns `undefined` when it was stopped before it was up.
 */
export async function runProgram(
  { log, output }: ProgramOptions,
  start: (context: ProgramContext) => Promise<RunningProgram | undefined>,
): Promise<void> {
  const logger = new Logger({
    ...log,
    stream: process.stdout,
    hasColour: output.colors.isColorSupported,
  });
  const trouble = new FirstTrouble();
  const stop = stopRequested();
  try {
    const running = await start({ logger, onTrouble: trouble.tell, stopRequested: stop });
    if (running === undefined) return;
    const { tcpAddress, httpUrl } = running;
    tellLauncher({ type: 'ready', tcpAddress, httpUrl });
    try {
      await Promise.race([stop, trouble.happened]);
    } catch (error) {
      // What follows from it while all is closed would only hide it.
      await running.close().catch(() => undefined);
      throw error;
    }
    logger.info('stopping');
    await running.close();
  } catch (error) {
    const code = error instanceof Trouble ? error.code : '';
    tellLauncher({ type: 'trouble', sentence: describeFailure(error).trimEnd(), code });
    throw error;
  } finally {
    await logger.close();
    leaveLauncher();
  }
}

/** Rejects with the first trouble, whenever somebody waits. */
class FirstTrouble {
  tell: (error: unknown) => void = () => undefined;
  readonly happened = new Promise<never>((_, reject) => {
    this.tell = reject;
  });

  constructor() {
    // Told before anybody waits, it must not count as unhandled.
    this.happened.catch(() => undefined);
  }
}
