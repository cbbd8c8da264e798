/**
 * Runs a machine: puts inputs in one at a time, performs what comes out, keeps its one timer. The
 * only loop of a program. What is thrown inside it is trouble or a bug and ends it
 * (docs/decisions/0001).
 */

import type { MonoMs, Now } from '../units.js';
import type { ConnectionEffect, ConnectionInput } from '../wire/connection.js';
import type { Clock } from './clock.js';

/** A pure machine: time and input in, effects out. */
export interface Machine<Input, Effect> {
  handle(input: Input | ConnectionInput, now: Now): readonly Effect[];
  /** When it wants a 'wake'; in the past: as soon as sockets and others had their turn. */
  nextWake(): MonoMs | undefined;
}

export interface DriverDependencies<Effect> {
  readonly clock: Clock;
  /** Performs the effects of connections (`Sockets.perform`). */
  readonly performConnection: (effect: ConnectionEffect) => void;
  /** Performs all others. */
  readonly perform: (effect: Exclude<Effect, ConnectionEffect>) => void;
  /** Called once; the machine gets no further input. */
  readonly onTrouble: (error: unknown) => void;
}

export class Driver<Input, Effect extends { readonly type: string }> {
  readonly #machine: Machine<Input, Effect>;
  readonly #dependencies: DriverDependencies<Effect>;
  readonly #timer: WakeTimer;
  readonly #waiting: (Input | ConnectionInput)[] = [];
  #isRunning = false;
  #isClosed = false;

  constructor(machine: Machine<Input, Effect>, dependencies: DriverDependencies<Effect>) {
    this.#machine = machine;
    this.#dependencies = dependencies;
    this.#timer = new WakeTimer(dependencies.clock, () => {
      this.#onTimer();
    });
  }

  /** Arms the timer for the first time. */
  start(): void {
    this.#timer.aim(this.#machine.nextWake());
  }

  /**
   * Hands `input` to the machine, at once, or, when it came out of an effect that is being
   * performed, after the effects before it.
   */
  input(input: Input | ConnectionInput): void {
    if (this.#isClosed) return;
    this.#waiting.push(input);
    if (!this.#isRunning) this.#run();
  }

  /** No input and no wake reaches the machine any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#timer.stop();
  }

  #run(): void {
    this.#isRunning = true;
    try {
      // Also what is added while it runs.
      for (const input of this.#waiting) this.#step(input);
      this.#waiting.length = 0;
      if (!this.#isClosed) this.#timer.aim(this.#machine.nextWake());
    } catch (error) {
      this.close();
      this.#dependencies.onTrouble(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #step(input: Input | ConnectionInput): void {
    for (const effect of this.#machine.handle(input, this.#dependencies.clock())) {
      if (isOfConnection(effect)) this.#dependencies.performConnection(effect);
      else this.#dependencies.perform(effect as Exclude<Effect, ConnectionEffect>);
    }
  }

  #onTimer(): void {
    const wake = this.#machine.nextWake();
    if (wake !== undefined && wake <= this.#dependencies.clock().mono) this.input({ type: 'wake' });
    else this.#timer.aim(wake);
  }
}

const isOfConnection = (effect: { readonly type: string }): effect is ConnectionEffect =>
  effect.type === 'send' || effect.type === 'dial' || effect.type === 'disconnect';

/**
 * One timer for a deadline that moves all the time: it is set anew only when the deadline comes
 * closer; one that fires too early is simply aimed again.
 */
class WakeTimer {
  readonly #clock: Clock;
  readonly #onTime: () => void;
  #timeout: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #firesAt = Infinity;

  constructor(clock: Clock, onTime: () => void) {
    this.#clock = clock;
    this.#onTime = onTime;
  }

  aim(at: MonoMs | undefined): void {
    if (at === undefined || at >= this.#firesAt) return;
    this.stop();
    this.#firesAt = at;
    const delayMs = at - this.#clock().mono;
    if (delayMs > 0) this.#timeout = setTimeout(this.#fire, Math.min(delayMs, TIMEOUT_MAX_MS));
    else this.#immediate = setImmediate(this.#fire);
  }

  stop(): void {
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
    this.#firesAt = Infinity;
  }

  readonly #fire = (): void => {
    this.#firesAt = Infinity;
    this.#onTime();
  };
}

/** The longest that `setTimeout` can wait. */
const TIMEOUT_MAX_MS = 0x7fff_ffff;
