/** What goes wrong, and when: drawn from the seed. Each fault ends by itself. */

import type { Rng } from '../../shared/rng.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import type { Participant } from './participant.js';
import type { RarePath, Sometimes } from './sometimes.js';
import type { Host } from './host.js';
import type { Direction, Watcher, World } from './world.js';
import type { WorldTracker } from './worldTracker.js';

/** How much goes wrong: faults an hour for each participant. */
export const FAULT_LEVELS = { none: 0, some: 1, many: 4 } as const;
export type FaultLevel = keyof typeof FAULT_LEVELS;

/** Each with how often it comes beside the others. */
const FAULT_KINDS = {
  kill: 4,
  stop: 1,
  replace: 1,
  losePower: 2,
  tear: 1,
  failWrite: 2,
  freeze: 2,
  halve: 2,
  isolate: 2,
  cutOneWay: 1,
  slow: 2,
  refuse: 1,
  setClock: 2,
  loseTracker: 1,
} as const;
type FaultKind = keyof typeof FAULT_KINDS;

/** A tracker that can be taken away. */
export interface TrackerPlace {
  /** While it runs. */
  readonly tracker: WorldTracker | undefined;
  start(): void;
  kill(): void;
}

export interface FaultsDependencies {
  readonly world: World;
  readonly participants: readonly Participant[];
  /** Whoever else is there now: the tracker, hostile nodes. */
  readonly others: () => readonly { readonly address: NetAddress }[];
  readonly tracker: TrackerPlace;
  readonly sometimes: Sometimes;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** What somebody who came with nothing has after some minutes. */
const SYNCED_BLOCKS = 20;

export class Faults implements Watcher {
  readonly #parts: FaultsDependencies;
  readonly #rng: Rng;
  #isOver = false;
  /** Whose program is killed as soon as its coins stand between two tips. */
  #victim: Participant | undefined;

  constructor(dependencies: FaultsDependencies) {
    this.#parts = dependencies;
    this.#rng = dependencies.world.rng;
  }

  /** Lets things go wrong, `perHour` times an hour in all. */
  begin(perHour: number): void {
    if (perHour === 0) return;
    const delayMs = (-Math.log(1 - this.#rng.float()) * HOUR) / perHour;
    this.#parts.world.after(delayMs, () => {
      if (this.#isOver) return;
      this.beginOne(this.#drawKind());
      this.begin(perHour);
    });
  }

  /** Lets one thing go wrong now. */
  beginOne(kind: FaultKind): void {
    this.#begins[kind]();
  }

  onStep(host: Host): void {
    const victim = this.#victim;
    if (victim?.node?.host !== host) return;
    const state = victim.disk.look().chain.state();
    if (state?.target === undefined) return;
    if (state.position !== state.tip) this.#reached('coins flushed in a move');
    this.#victim = undefined;
    this.#reached('crash in a reorganisation');
    victim.kill();
    this.#startLater(victim, MINUTE);
  }

  /** Nothing goes wrong any more, and what did is mended. */
  end(): void {
    this.#isOver = true;
    this.#victim = undefined;
    const { world, participants, tracker } = this.#parts;
    world.heal();
    if (tracker.tracker === undefined) tracker.start();
    for (const participant of participants) {
      participant.skewSeconds = 0;
      if (participant.node?.host.isFrozen === true) participant.node.host.thaw();
      participant.start();
    }
    world.resetQualities();
  }

  #drawKind(): FaultKind {
    const kinds = Object.keys(FAULT_KINDS) as FaultKind[];
    const weighted = kinds.flatMap((kind) => Array<FaultKind>(FAULT_KINDS[kind]).fill(kind));
    return weighted[this.#rng.below(weighted.length)] as FaultKind;
  }

  readonly #kill = (): void => {
    const participant = this.#running();
    if (participant === undefined) return;
    participant.kill();
    this.#startLater(participant, MINUTE);
  };

  readonly #stop = (): void => {
    const participant = this.#running();
    participant?.stop();
    this.#startLater(participant, 20 * MINUTE);
  };

  readonly #losePower = (): void => {
    const participant = this.#any();
    // What the system had brought to the disk before.
    if (this.#rng.below(2) === 0) participant.disk.sync();
    this.#parts.world.after(this.#rng.below(2 * MINUTE), () => {
      if (this.#isOver || participant.node === undefined) return;
      participant.losePower();
      this.#reached('power lost');
      this.#startLater(participant, 5 * MINUTE);
    });
  };

  readonly #tear = (): void => {
    const participant = this.#running();
    if (participant === undefined) return;
    participant.kill();
    participant.disk.tear(this.#rng);
    const { length } = participant.troubles;
    participant.start();
    if (participant.troubles.slice(length).includes('chain-damaged')) {
      this.#reached('damaged disk refused');
    }
  };

  readonly #failWrite = (): void => {
    const participant = this.#running();
    if (participant === undefined) return;
    participant.kill();
    const { length } = participant.troubles;
    participant.start(this.#rng.below(100));
    this.#parts.world.after(5 * MINUTE, () => {
      if (participant.troubles.slice(length).includes('disk-full')) this.#reached('write failed');
    });
  };

  /** It leaves for good, and somebody with nothing takes its place. */
  readonly #replace = (): void => {
    const participant = this.#running();
    if (participant === undefined) return;
    participant.beginAnew();
    this.#startLater(participant, 5 * MINUTE);
    this.#parts.world.after(15 * MINUTE, () => {
      if ((participant.node?.height ?? 0) >= SYNCED_BLOCKS) this.#reached('newcomer synced');
    });
  };

  readonly #freeze = (): void => {
    const host = this.#running()?.node?.host;
    if (host === undefined || host.isFrozen) return;
    host.freeze();
    this.#later(5 * MINUTE, () => {
      host.thaw();
    });
  };

  readonly #halve = (): void => {
    const { world, participants, others } = this.#parts;
    const island = [...participants, ...others()].filter(() => this.#rng.below(2) === 0);
    const undo = world.holdOff(island, 'both');
    this.#later(20 * MINUTE, () => {
      this.#victim = this.#running();
      const tips = new Set(participants.map(({ node }) => node?.tip));
      if (tips.size > 1) this.#reached('partition healed');
      undo();
    });
  };

  readonly #isolate = (): void => {
    const { world } = this.#parts;
    const island = [this.#any()];
    const direction = ISOLATIONS[this.#rng.below(ISOLATIONS.length)];
    const undo = direction === undefined ? world.cutOff(island) : world.holdOff(island, direction);
    this.#later(10 * MINUTE, undo);
  };

  readonly #cutOneWay = (): void => {
    const [one, other] = [this.#any(), this.#any()];
    if (one === other) return;
    this.#later(10 * MINUTE, this.#parts.world.hold([one], [other]));
  };

  readonly #refuse = (): void => {
    const [one, other] = [this.#any(), this.#any()];
    if (one === other) return;
    this.#later(10 * MINUTE, this.#parts.world.cutOneWay(one, other));
  };

  readonly #slow = (): void => {
    const { world, participants } = this.#parts;
    const one = this.#any();
    const latencyMs = 50 + this.#rng.below(1_000);
    const bytesPerMs = 0.5 + this.#rng.below(20);
    this.#later(20 * MINUTE, world.setQuality(one, participants, { latencyMs, bytesPerMs }));
  };

  readonly #setClock = (): void => {
    const participant = this.#any();
    participant.skewSeconds = this.#rng.below(241) - 120;
    this.#later(30 * MINUTE, () => {
      participant.skewSeconds = 0;
    });
  };

  readonly #loseTracker = (): void => {
    const { tracker } = this.#parts;
    if (tracker.tracker === undefined) return;
    tracker.kill();
    this.#later(30 * MINUTE, () => {
      if (tracker.tracker === undefined) tracker.start();
    });
  };

  readonly #begins: Readonly<Record<FaultKind, () => void>> = {
    kill: this.#kill,
    stop: this.#stop,
    replace: this.#replace,
    losePower: this.#losePower,
    tear: this.#tear,
    failWrite: this.#failWrite,
    freeze: this.#freeze,
    halve: this.#halve,
    isolate: this.#isolate,
    cutOneWay: this.#cutOneWay,
    slow: this.#slow,
    refuse: this.#refuse,
    setClock: this.#setClock,
    loseTracker: this.#loseTracker,
  };

  #startLater(participant: Participant | undefined, msMax: number): void {
    this.#later(msMax, () => {
      if (participant === undefined || participant.node !== undefined) return;
      if (this.#parts.tracker.tracker === undefined) this.#reached('start without tracker');
      participant.start();
    });
  }

  #later(msMax: number, action: () => void): void {
    this.#parts.world.after(SECOND + this.#rng.below(msMax), () => {
      if (!this.#isOver) action();
    });
  }

  #reached(path: RarePath): void {
    this.#parts.sometimes.reached(path);
  }

  #any(): Participant {
    const { participants } = this.#parts;
    return participants[this.#rng.below(participants.length)] as Participant;
  }

  #running(): Participant | undefined {
    const running = this.#parts.participants.filter(({ node }) => node !== undefined);
    return running[this.#rng.below(Math.max(1, running.length))];
  }
}

/** How one is cut off from all; `undefined`: its links break, and nobody can dial it. */
const ISOLATIONS: readonly (Direction | undefined)[] = ['out', 'in', 'both', undefined];
