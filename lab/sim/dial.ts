/**
 * How a dial goes on a way that may be cut: what asks for the connection is lost, or the answer is.
 * It asks again after 1 s and after twice as long, as TCP does, until the program gives it up.
 */

/** Of shared/io/tcp. */
const TIMEOUT_MS = 5_000;
/** When it asks again. */
const AGAIN_MS = [1_000, 3_000] as const;

/** The time of a world. */
export interface Clock {
  readonly ms: number;
  after(delayMs: number, action: () => void): void;
}

export interface DialOptions {
  /** Whether nothing that is sent now gets there and back. */
  readonly isLost: () => boolean;
  readonly roundTripMs: () => number;
  /** Somebody is there, or at least a computer. */
  readonly onAnswer: () => void;
  readonly onTimeout: () => void;
}

/** Calls `onAnswer` or `onTimeout`, once. */
export function dial(clock: Clock, options: DialOptions): void {
  const { isLost, roundTripMs, onAnswer, onTimeout } = options;
  const begunMs = clock.ms;
  const ask = (): void => {
    const waitMs = roundTripMs();
    if (isLost() || clock.ms + waitMs > begunMs + TIMEOUT_MS) {
      wait();
      return;
    }
    clock.after(waitMs, () => {
      if (isLost()) wait();
      else onAnswer();
    });
  };
  const wait = (): void => {
    const againMs = AGAIN_MS.find((afterMs) => begunMs + afterMs > clock.ms);
    const at = begunMs + (againMs ?? TIMEOUT_MS);
    clock.after(Math.max(0, at - clock.ms), againMs === undefined ? onTimeout : ask);
  };
  ask();
}
