/**
 * Our own invariants. A failed assertion is a bug: it stops the program and is never caught inside
 * the core.
 */

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws `AssertionError` with `message` when `condition` is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The same for a message that takes time to put together: call it where the condition is false. */
export function broken(message: string): never {
  throw new AssertionError(message);
}

/**
 * Ends an exhaustive switch over a closed set: the compiler refuses a member that was forgotten.
 */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected member of a closed set: ${JSON.stringify(value)}`);
}

/** `value`, which an invariant says is there. */
export function assertDefined<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new AssertionError(message);
  return value;
}
