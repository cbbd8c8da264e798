/** What the operator has to set right: a port in use, a full disk, a damaged file. */

/**
 * Thrown by adapters, caught once by the shell, which prints `message` and `advice` and ends with
 * exit code 1.
 */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  /** Stable, kebab-case: for scripts and tests. */
  readonly code: string;
  /** What to do about it: a sentence of its own. */
  readonly advice: string;

  /** `message`: what happened, a sentence. */
  constructor(code: string, message: string, advice: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.advice = advice;
  }
}

/** One line for the operator; a stack for what is not trouble but a bug. */
export function describeFailure(error: unknown): string {
  if (error instanceof Trouble) return `${error.message} ${error.advice}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
