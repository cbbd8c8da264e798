import { expect } from 'chai';

import { concatBytes, toHex } from '../../../shared/bytes.js';
import type { DisconnectReason } from '../../../shared/wire/disconnect.js';
import { FrameDecoder, type Frame } from '../../../shared/wire/frame.js';
import {
  Handshake,
  type HandshakeOptions,
  type HandshakeOutcome,
  type HandshakeStep,
  readyMessage,
} from '../../../shared/wire/handshake.js';
import { handshakeProtocol, NO_NETWORK } from '../../../shared/wire/handshakeMessages.js';
import { NETWORK, OTHER_NETWORK, side } from '../../support/hellos.js';
import { bytesOf, readWireVectors } from '../../support/wireVectors.js';
import { framesOf } from '../../support/frames.js';

describe('wire/handshake', () => {
  it('succeeds on both sides after hello and ready each way', () => {
    const { caller, called } = meet(side('caller'), side('called'));
    expect(caller.outcome).to.deep.equal({
      type: 'done',
      theirs: { type: 'hello', ...side('called').ours },
      version: 1,
    });
    expect(called.outcome.type).to.equal('done');
    expect([caller.sent.length, called.sent.length]).to.deep.equal([2, 2]);
  });

  it('writes the bytes of the worked example', () => {
    const vector = readWireVectors('wireHandshake.json') as HandshakeVector;
    const { caller, called } = meet(side('caller'), side('called'));
    expect(caller.sent.map((bytes) => toHex(bytes))).to.deep.equal([
      vector.callerHello,
      vector.callerReady,
    ]);
    expect(called.sent.map((bytes) => toHex(bytes))).to.deep.equal([
      vector.calledHello,
      vector.calledReady,
    ]);
    const bound = {
      caller: bytesOf(vector.callerHello).subarray(5),
      called: bytesOf(vector.calledHello).subarray(5),
      channel: new Uint8Array(32),
    };
    expect(toHex(readyMessage({ signer: 'caller', ...bound }))).to.equal(vector.callerSigns);
    expect(toHex(readyMessage({ signer: 'called', ...bound }))).to.equal(vector.calledSigns);
  });

  it('agrees on the highest version that both speak', () => {
    const range = (protocolMin: number, protocolMax: number) => ({ protocolMin, protocolMax });
    const versionOf = (ours: object, theirs: object): unknown =>
      meet(side('caller', ours), side('called', theirs)).caller.outcome;
    expect(versionOf(range(1, 5), range(3, 4))).to.include({ type: 'done', version: 4 });
    expect(versionOf(range(2, 3), range(3, 9))).to.include({ type: 'done', version: 3 });
  });

  it('ends with wrong-version on both sides, which each name both ranges', () => {
    const { caller, called } = meet(
      side('caller', { protocolMin: 4, protocolMax: 5 }),
      side('called', { protocolMin: 1, protocolMax: 3 }),
    );
    expectFailure(caller.outcome, 'wrong-version', 'theirs are 1-3, ours 4-5');
    expectFailure(called.outcome, 'wrong-version', 'theirs are 4-5, ours 1-3');
  });

  it('ends with wrong-network on both sides, which each name both networks', () => {
    const { caller, called } = meet(side('caller'), side('called', { network: OTHER_NETWORK }));
    expectFailure(caller.outcome, 'wrong-network', `theirs is ${OTHER_NETWORK}, ours ${NETWORK}`);
    expectFailure(called.outcome, 'wrong-network', `theirs is ${NETWORK}, ours ${OTHER_NETWORK}`);
    expect(caller.sent.length, 'no ready to a stranger').to.equal(1);
  });

  it('lets nobody without a network in, except where it is served', () => {
    const stray = side('caller', { network: NO_NETWORK });
    expectFailure(meet(stray, side('called')).called.outcome, 'wrong-network', 'theirs is none');
    expect(meet(stray, tracker()).called.outcome.type).to.equal('done');
  });

  it('takes on each network that it serves, and refuses others by naming none', () => {
    const served = meet(side('caller'), tracker());
    expect(served.caller.outcome).to.have.nested.property('theirs.network', NETWORK);
    const other = meet(side('caller', { network: OTHER_NETWORK }), tracker());
    expectFailure(other.caller.outcome, 'wrong-network', 'theirs is none');
    expectFailure(other.called.outcome, 'wrong-network', OTHER_NETWORK);
  });

  it('finds out that it talks to itself, on both ends', () => {
    const instance = side('caller').ours.instance;
    const { caller, called } = meet(side('caller'), side('called', { instance }));
    expectFailure(caller.outcome, 'self-connection');
    expectFailure(called.outcome, 'self-connection');
  });

  it('gives the reason of whoever does not accept', () => {
    const refusing = side('called', {}, { accept: () => 'too-many-connections' });
    const { caller, called } = meet(side('caller'), refusing);
    expectFailure(called.outcome, 'too-many-connections');
    expect(called.sent.length, 'still says hello').to.equal(1);
    expect(caller.outcome.type).to.equal('pending');
  });

  it('asks for acceptance only when all else fits', () => {
    let askedCount = 0;
    const accept = (): undefined => {
      askedCount++;
    };
    meet(side('caller', { network: OTHER_NETWORK }), side('called', {}, { accept }));
    expect(askedCount).to.equal(0);
    meet(side('caller'), side('called', {}, { accept }));
    expect(askedCount).to.equal(1);
  });

  it('refuses a signature by another key', () => {
    const nodeKey = side('called').ours.nodeKey;
    const impostor = meet(side('caller', { nodeKey }), side('called'));
    expectFailure(impostor.called.outcome, 'bad-ready');
    expect(impostor.caller.outcome.type, 'the other side is honest').to.equal('done');
  });

  it('refuses a ready of another connection, of the other role, network or channel', () => {
    const replays: Record<string, Uint8Array> = {
      'another connection': readyOf(
        meet(side('caller', { nonce: '00'.repeat(16) }), side('called')),
      ),
      'another called side': readyOf(
        meet(side('caller'), side('called', { nonce: '00'.repeat(16) })),
      ),
      'another network': readyOf(
        meet(
          side('caller', { network: OTHER_NETWORK }),
          side('called', { network: OTHER_NETWORK }),
        ),
      ),
      'another channel': readyOf(meet(onChannel('caller'), onChannel('called'))),
    };
    for (const [name, ready] of Object.entries(replays)) {
      expectFailure(calledThatHears(ready), 'bad-ready', undefined, name);
    }
    const right = readyOf(meet(side('caller'), side('called')));
    expect(calledThatHears(right).type, 'the right one').to.equal('done');
  });

  it('refuses its own ready, reflected', () => {
    const sameKey = { nodeKey: side('called').ours.nodeKey };
    const called = new Handshake(side('called'));
    const [hello] = new Handshake(side('caller', sameKey)).start();
    const [, ready] = called.handle(frameOf(hello)).send;
    expectFailure(called.handle(frameOf(ready)).outcome, 'bad-ready');
  });

  it('refuses messages out of their order', () => {
    const [hello] = new Handshake(side('caller')).start();
    const ready = readyOf(meet(side('caller'), side('called')));
    const early = new Handshake(side('called')).handle(frameOf(ready));
    expectFailure(early.outcome, 'message-unexpected');
    const called = new Handshake(side('called'));
    called.handle(frameOf(hello));
    expectFailure(called.handle(frameOf(hello)).outcome, 'message-unexpected');
  });

  it('refuses what is neither hello nor ready, and a malformed hello', () => {
    const called = (): Handshake => new Handshake(side('called'));
    const garbage = { type: 0, payload: new Uint8Array([0x91, 0x01]) };
    expectFailure(called().handle(garbage).outcome, 'message-malformed');
    const ping = { type: 2, payload: new Uint8Array([0x90]) };
    expectFailure(called().handle(ping).outcome, 'message-unknown');
  });

  it('understands the hello of a later version, which has more fields, and signs all of it', () => {
    const [frame] = new Handshake(side('caller')).start();
    const { type, payload } = frameOf(frame);
    const longer = concatBytes(payload, bytesOf('c0ccff90'));
    longer[0] = (payload[0] ?? 0) + 3;
    const called = new Handshake(side('called'));
    const step = called.handle({ type, payload: longer });
    expect(step.outcome.type).to.equal('pending');
    const proof = readyMessage({
      signer: 'caller',
      caller: longer,
      called: frameOf(step.send[0]).payload,
      channel: new Uint8Array(32),
    });
    const signature = side('caller').sign(proof);
    const ready = handshakeProtocol.encode({ type: 'ready', signature });
    expect(called.handle(frameOf(ready)).outcome.type).to.equal('done');
  });
});

interface HandshakeVector {
  readonly callerHello: string;
  readonly calledHello: string;
  readonly calledSigns: string;
  readonly calledReady: string;
  readonly callerSigns: string;
  readonly callerReady: string;
}

interface Met {
  outcome: HandshakeOutcome;
  readonly sent: Uint8Array[];
}

/**
 * Carries frames between two sides until both are silent; nothing reaches one whose handshake is
 * over.
 */
function meet(
  callerOptions: HandshakeOptions,
  calledOptions: HandshakeOptions,
): { readonly caller: Met; readonly called: Met } {
  const caller = { machine: new Handshake(callerOptions), ...newMet() };
  const called = { machine: new Handshake(calledOptions), ...newMet() };
  caller.sent.push(...caller.machine.start());
  called.sent.push(...called.machine.start());
  const read = { caller: 0, called: 0 };
  while (read.caller < called.sent.length || read.called < caller.sent.length) {
    while (read.called < caller.sent.length) hear(called, caller.sent[read.called++]);
    while (read.caller < called.sent.length) hear(caller, called.sent[read.caller++]);
  }
  return { caller, called };
}

const newMet = (): Met => ({ outcome: { type: 'pending' }, sent: [] });

function hear(met: Met & { readonly machine: Handshake }, frame: Uint8Array | undefined): void {
  if (met.outcome.type !== 'pending') return;
  const step: HandshakeStep = met.machine.handle(frameOf(frame));
  met.sent.push(...step.send);
  met.outcome = step.outcome;
}

/** The called side's outcome when the usual caller's hello is followed by `ready`. */
function calledThatHears(ready: Uint8Array): HandshakeOutcome {
  const called = new Handshake(side('called'));
  const [hello] = new Handshake(side('caller')).start();
  called.handle(frameOf(hello));
  return called.handle(frameOf(ready)).outcome;
}

function readyOf({ caller }: { readonly caller: Met }): Uint8Array {
  const ready = caller.sent[1];
  if (ready === undefined) throw new Error('the caller sent no ready');
  return ready;
}

const onChannel = (role: 'caller' | 'called'): HandshakeOptions =>
  side(role, {}, { channel: new Uint8Array(32).fill(1) });

const tracker = (): HandshakeOptions =>
  side(
    'called',
    { network: NO_NETWORK, service: 'tracker' },
    { serves: (network) => network === NETWORK || network === NO_NETWORK },
  );

function frameOf(bytes: Uint8Array | undefined): Frame {
  if (bytes === undefined) throw new Error('there is no such frame');
  const [frame] = [...framesOf(new FrameDecoder(() => 1_024), bytes)];
  if (frame?.ok !== true) throw new Error('not a whole frame');
  return frame.value;
}

function expectFailure(
  outcome: HandshakeOutcome,
  reason: DisconnectReason,
  sentence?: string,
  context?: string,
): void {
  expect(outcome, context).to.include({ type: 'failed', reason });
  if (sentence !== undefined) expect(outcome).to.have.property('sentence').that.contains(sentence);
}
