/**
 * The shell of a light peer: performs its effects on sockets, disk and log, and lets a wallet read
 * once peers have told.
 */

import { signerOf } from '#crypto';
import { assertNever } from '../shared/assert.js';
import { systemClock } from '../shared/io/clock.js';
import { Driver } from '../shared/io/driver.js';
import type { Logger } from '../shared/io/logger.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { SOCKET_LIMITS, Sockets } from '../shared/io/tcp.js';
import { Trouble } from '../shared/io/trouble.js';
import { seededRng } from '../shared/rng.js';
import type { AddressHash } from '../shared/units.js';
import type { ConnectionEffect } from '../shared/wire/connection.js';
import { CommandDesk } from './commandDesk.js';
import {
  Light,
  type LightCommand,
  type LightEffect,
  type LightInput,
  type LightOptions,
  type LightReply,
} from './light/light.js';
import { Untold } from './light/lightLedger.js';
import type { LightQueries } from './light/lightQueries.js';
import { NodeLog } from './nodeLog.js';
import type { OpenLightStore } from './storage/openLight.js';
import type { Look } from './walletShell/payer.js';

export interface LightShellOptions {
  /** `neighbours` are found here. */
  readonly light: Omit<LightOptions, 'neighbours'>;
  /** 32 bytes, the seed of the node key. */
  readonly seed: Uint8Array;
}

export interface LightShellDependencies {
  readonly opened: OpenLightStore;
  readonly logger: Logger;
  /** Trouble or a bug: the peer gets no further input, and the program must end. */
  readonly onTrouble: (error: unknown) => void;
}

/** How long an answer waits for peers to tell of the tip. */
const CURRENT_MS = 2_000;
/** How long it waits for the first word about an address. */
const FIRST_MS = 15_000;

export class LightShell {
  readonly queries: LightQueries;
  readonly #driver: Driver<LightInput, LightEffect>;
  readonly #sockets: Sockets;
  readonly #desk: CommandDesk<LightCommand, LightReply>;
  readonly #log: NodeLog;
  #waiting: (() => void)[] = [];

  /** Opens what is stored; nothing is dialed before `start`. Throws `Trouble`. */
  constructor(options: LightShellOptions, dependencies: LightShellDependencies) {
    const light = openLight(options, dependencies);
    this.queries = light.queries;
    this.#log = new NodeLog(dependencies.logger);
    this.#sockets = new Sockets(SOCKET_LIMITS, (input) => {
      this.#driver.input(input);
    });
    this.#desk = new CommandDesk((input) => {
      this.#driver.input(input);
    });
    this.#driver = new Driver<LightInput, LightEffect>(light, {
      clock: systemClock,
      performConnection: (effect) => {
        this.#sockets.perform(effect);
      },
      perform: (effect) => {
        this.#perform(effect, dependencies);
      },
      onTrouble: dependencies.onTrouble,
    });
  }

  /** Hands a command to the machine. */
  get command(): (command: LightCommand) => Promise<LightReply> {
    return this.#desk.command;
  }

  /** Begins to dial and to ask. */
  start(): void {
    this.#driver.start();
  }

  /** Says good-bye to everybody, and ends all connections. */
  async close(): Promise<void> {
    this.#driver.input({ type: 'stop' });
    this.#driver.close();
    this.#release();
    await this.#sockets.close();
  }

  /** See `Look`: waits until peers have told of what is read. */
  readonly look: Look = async (use) => {
    const { ledger } = this.queries;
    for (;;) {
      if (this.queries.peerCount > 0) await this.#until(() => ledger.isCurrent, CURRENT_MS);
      try {
        return use(ledger);
      } catch (error) {
        if (!(error instanceof Untold)) throw error;
        await this.#learn(error.addresses);
      }
    }
  };

  async #learn(addresses: readonly AddressHash[]): Promise<void> {
    await this.command({ type: 'want', addresses });
    const isTold = await this.#until(() => this.queries.ledger.isTold(addresses), FIRST_MS);
    if (isTold) return;
    throw this.queries.peerCount === 0 ? noPeers() : nobodyTells();
  }

  /** Whether `holds` became true in time. */
  async #until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    for (let left = timeoutMs; !holds(); left = deadline - performance.now()) {
      if (left <= 0) return false;
      await this.#nextWord(left);
    }
    return true;
  }

  async #nextWord(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #perform(
    effect: Exclude<LightEffect, ConnectionEffect>,
    { opened }: LightShellDependencies,
  ): void {
    switch (effect.type) {
      case 'reply':
        this.#desk.onReply(effect);
        return;
      case 'told':
        this.#release();
        return;
      case 'event':
        this.#log.onEvent(effect.event);
        return;
      case 'keep-neighbours':
        opened.neighbours.replace(effect.addresses);
        return;
      default:
        assertNever(effect);
    }
  }
}

function openLight({ light, seed }: LightShellOptions, { opened }: LightShellDependencies): Light {
  const [rngSeed = 0] = new Uint32Array(systemEntropy.bytes(4).buffer);
  return new Light(
    { ...light, neighbours: opened.neighbours.read() },
    {
      store: opened.store,
      rng: seededRng(rngSeed),
      entropy: systemEntropy,
      sign: signerOf(seed),
    },
  );
}

const noPeers = (): Trouble =>
  new Trouble(
    'no-peers',
    'This light peer has no peers who could tell what these addresses hold.',
    'Try again when it has some (cairn peers); name one with --connect, or a tracker.',
  );

const nobodyTells = (): Trouble =>
  new Trouble(
    'nobody-tells',
    'None of its peers tells this light peer what these addresses hold.',
    'They keep no index, are too old, or are slow: try again, or name another with --connect.',
  );
