import { expect } from 'chai';
import type { Host, Message } from '../../../lab/sim/host.js';
import { Trace } from '../../../lab/sim/trace.js';
import { World } from '../../../lab/sim/world.js';
import { Talker } from './talker.js';

interface Told {
  readonly ms: number;
  /** 0 to 2. */
  readonly host: number;
  readonly input: Message;
}

const received = (...bytes: number[]): Message => ({
  type: 'received',
  bytes: Uint8Array.from(bytes),
});

/** What a short run tells. */
const COURSE: readonly Told[] = [
  { ms: 0, host: 0, input: { type: 'wake' } },
  { ms: 1, host: 1, input: received(1, 2, 3) },
  { ms: 1, host: 0, input: received(4, 5) },
  { ms: 1.5, host: 1, input: { type: 'wake' } },
];

/** Of a trace that was told `course`. */
function digestOf(course: readonly Told[]): string {
  const clock = { ms: 0 };
  const trace = new Trace(clock);
  const world = new World();
  const hosts = [1, 2, 3].map((number) => new Talker(world, number).host) as [Host, Host, Host];
  for (const { ms, host, input } of course) {
    clock.ms = ms;
    trace.onInput(hosts[host] as Host, input);
  }
  expect(trace.inputCount).to.equal(course.length);
  return trace.digest();
}

/** `COURSE` with something else in place of its third input. */
const withThird = (changes: Partial<Told>): readonly Told[] =>
  COURSE.map((told, i) => (i === 2 ? { ...told, ...changes } : told));

describe('sim/trace', () => {
  it('gives the same for the same course', () => {
    expect(digestOf(COURSE)).to.match(/^[0-9a-f]{64}$/u);
    expect(digestOf(withThird({}))).to.equal(digestOf(COURSE));
  });

  for (const [what, changes] of [
    ['byte', { input: received(4, 6) }],
    ['count of bytes', { input: received(4, 5, 0) }],
    ['kind', { input: { ...received(4, 5), type: 'verified' } }],
    ['host', { host: 1 }],
    ['new host', { host: 2 }],
    ['time', { ms: 1.25 }],
  ] as const) {
    it(`gives another for another ${what}`, () => {
      expect(digestOf(withThird(changes))).to.not.equal(digestOf(COURSE));
    });
  }

  it('gives another where bytes are the same and came in other pieces', () => {
    const [ms, host] = [1, 0];
    const [whole, ...cut] = [received(1, 2), received(1), received(2)].map((input) => {
      return { ms, host, input };
    }) as [Told, Told, Told];
    expect(digestOf([whole])).to.not.equal(digestOf(cut));
  });

  it('takes no bytes for an input more', () => {
    // Time 0, the first host, the first kind, no bytes: as many zeros.
    const first = { ms: 0, host: 0 };
    const one = { ...first, input: received(...new Uint8Array(20)) };
    const two = [received(), received()].map((input) => ({ ...first, input }));
    expect(digestOf([one])).to.not.equal(digestOf(two));
  });

  it('gives another for one byte or one time among more than it keeps at once', () => {
    const course = (changed: number, at: number): readonly Told[] =>
      Array.from({ length: 300 }, (_, i) => ({
        ms: i === at ? i + 0.5 : i,
        host: i % 3,
        // Every tenth is more than all that it keeps.
        input: {
          type: 'received',
          bytes: new Uint8Array(i % 10 === 0 ? 70_000 : 900).fill(i === changed ? 1 : 0, -1),
        },
      }));
    const digests = new Set([
      digestOf(course(-1, -1)),
      ...[0, 5, 10, 80, 155, 299].map((i) => digestOf(course(i, -1))),
      ...[0, 5, 10, 80, 155, 299].map((i) => digestOf(course(-1, i))),
    ]);
    expect(digests.size).to.equal(13);
  });
});
