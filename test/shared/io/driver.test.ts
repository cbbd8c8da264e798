import { expect } from 'chai';

import { type Clock, systemClock } from '../../../shared/io/clock.js';
import { Driver, type Machine } from '../../../shared/io/driver.js';
import type { MonoMs, Now, PeerId } from '../../../shared/units.js';
import type { ConnectionEffect, ConnectionInput } from '../../../shared/wire/connection.js';

interface Input {
  readonly type: 'number';
  readonly value: number;
}
type Effect = ConnectionEffect | { readonly type: 'note'; readonly text: string };

const PEER = 1 as PeerId;
const DISCONNECT = { type: 'disconnect', peer: PEER, reason: 'stalled' } as const;
const note = (text: string): Effect => ({ type: 'note', text });
const number = (value: number): Input => ({ type: 'number', value });

describe('io/driver', () => {
  it('performs the effects of each input in order, each where it belongs', () => {
    const { driver, log } = drive({ onInput: () => [note('a'), DISCONNECT, note('b')] });
    driver.input(number(1));
    expect(log).to.deep.equal(['in number', 'note a', 'connection disconnect', 'note b']);
  });

  it('takes an input that an effect brings after all effects before it', () => {
    const { driver, log } = drive({
      onInput: (input) => (input.type === 'number' ? [DISCONNECT, note('after')] : []),
      onConnection: () => {
        driver.input({ type: 'closed', peer: PEER });
      },
    });
    driver.input(number(1));
    expect(log).to.deep.equal(['in number', 'connection disconnect', 'note after', 'in closed']);
  });

  it('wakes the machine when its time has come, and not before', async () => {
    const start = systemClock().mono;
    let wake: number | undefined = start + 20;
    const woken = new Promise<number>((resolve) => {
      const { driver } = drive({
        nextWake: () => wake,
        onInput: (input, now) => {
          if (input.type === 'wake') {
            wake = undefined;
            resolve(now.mono);
          }
          return [];
        },
      });
      driver.start();
    });
    expect((await woken) - start).to.be.within(20, 2_000);
  });

  it('does not wake it when the timer comes too early', async () => {
    const slowClock = (): Now => {
      const { mono, unix } = systemClock();
      return { mono: (mono / 2) as MonoMs, unix };
    };
    const wake = slowClock().mono + 20;
    const wokenAt = await new Promise<number>((resolve) => {
      const { driver } = drive({
        clock: slowClock,
        nextWake: () => wake,
        onInput: (_input, now) => {
          driver.close();
          resolve(now.mono);
          return [];
        },
      });
      driver.start();
    });
    expect(wokenAt).to.be.at.least(wake);
  });

  it('aims again when the deadline moves, closer or away', async () => {
    const start = systemClock().mono;
    let wake: number | undefined = start + 5_000;
    const wakes: number[] = [];
    const { driver } = drive({
      nextWake: () => wake,
      onInput: (input, now) => {
        if (input.type === 'wake') wakes.push(now.mono);
        wake = wakes.length === 0 ? start + (input.type === 'wake' ? 0 : 30) : undefined;
        return [];
      },
    });
    driver.start();
    driver.input(number(1));
    await until(() => wakes.length > 0);
    expect((wakes[0] ?? 0) - start).to.be.within(30, 2_000);
    driver.close();
  });

  it('lets others run between two wakes that are due at once', async () => {
    let wakesCount = 0;
    const { driver } = drive({
      nextWake: () => (wakesCount < 100 ? 0 : undefined),
      onInput: () => {
        wakesCount++;
        return [];
      },
    });
    driver.start();
    await new Promise((resolve) => setImmediate(resolve));
    const early = wakesCount;
    await until(() => wakesCount === 100);
    expect(early).to.be.lessThan(100);
  });

  it('tells trouble once and gives the machine nothing more', () => {
    const { driver, log, troubles } = drive({
      onInput: () => {
        throw new Error('disk full');
      },
    });
    driver.input(number(1));
    driver.input(number(2));
    expect(log).to.deep.equal(['in number']);
    expect(troubles).to.deep.equal([new Error('disk full')]);
  });

  it('stops in the middle of a step when an effect fails', () => {
    const { driver, log, troubles } = drive({
      onInput: () => [note('a'), DISCONNECT, note('b')],
      onConnection: () => {
        throw new Error('no more sockets');
      },
    });
    driver.input(number(1));
    expect(log).to.deep.equal(['in number', 'note a', 'connection disconnect']);
    expect(troubles).to.have.length(1);
  });

  it('says nothing after it was closed, not even in the step that closes it', async () => {
    let isOpen = true;
    const { driver, log } = drive({
      nextWake: () => 0,
      onInput: () => (isOpen ? [DISCONNECT] : []),
      onConnection: () => {
        driver.input(number(2));
        driver.close();
        isOpen = false;
      },
    });
    driver.input(number(1));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(log).to.deep.equal(['in number', 'connection disconnect']);
  });
});

interface Behaviour {
  readonly onInput: (input: Input | ConnectionInput, now: Now) => readonly Effect[];
  readonly nextWake?: () => number | undefined;
  readonly onConnection?: () => void;
  readonly clock?: Clock;
}

function drive(behaviour: Behaviour): {
  readonly driver: Driver<Input, Effect>;
  readonly log: string[];
  readonly troubles: unknown[];
} {
  const log: string[] = [];
  const troubles: unknown[] = [];
  const machine: Machine<Input, Effect> = {
    handle: (input, now) => {
      log.push(`in ${input.type}`);
      return behaviour.onInput(input, now);
    },
    nextWake: () => behaviour.nextWake?.() as MonoMs | undefined,
  };
  const driver = new Driver<Input, Effect>(machine, {
    clock: behaviour.clock ?? systemClock,
    performConnection: (effect) => {
      log.push(`connection ${effect.type}`);
      behaviour.onConnection?.();
    },
    perform: ({ text }) => log.push(`note ${text}`),
    onTrouble: (error) => troubles.push(error),
  });
  return { driver, log, troubles };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
