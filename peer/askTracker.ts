/** Asks a tracker which networks it serves: what a peer does before it belongs to one. */

import { publicKeyOf, signerOf } from '#crypto';
import { connect, type Socket } from 'node:net';
import { assertNever } from '../shared/assert.js';
import { toHex } from '../shared/bytes.js';
import { networkOf, type Network } from '../shared/consensus/genesis.js';
import { decodeParams } from '../shared/consensus/params.js';
import type { Clock } from '../shared/io/clock.js';
import type { Entropy } from '../shared/entropy.js';
import type { Endpoint } from '../shared/config/kinds.js';
import { fail, ok, type Result } from '../shared/result.js';
import type { NodeKey } from '../shared/units.js';
import { PLAIN_CHANNEL, type HandshakeOptions } from '../shared/wire/handshake.js';
import { NO_NETWORK, PROTOCOL_MAX, PROTOCOL_MIN } from '../shared/wire/handshakeMessages.js';
import { Link, type LinkEvent } from '../shared/wire/link.js';
import { trackerProtocol, type TrackerRow } from '../shared/wire/trackerMessages.js';

export interface Question {
  readonly tracker: Endpoint;
  readonly agent: string;
}

export interface QuestionDependencies {
  readonly entropy: Entropy;
  readonly clock: Clock;
}

/** For the whole conversation. */
const TIMEOUT_MS = 5_000;

/**
 * The networks, each derived here and not believed; or a part of a sentence that says what went
 * wrong.
 */
export function askTracker(
  { tracker, agent }: Question,
  dependencies: QuestionDependencies,
): Promise<Result<readonly Network[], string>> {
  const link = new Link(trackerProtocol, strangersHandshake(agent, dependencies));
  return new Promise((resolve) => {
    const socket = connect(tracker.port, tracker.host);
    const end = (result: Result<readonly Network[], string>): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => {
      end(fail('did not answer in time'));
    }, TIMEOUT_MS);
    socket.on('connect', () => {
      for (const frame of link.start()) socket.write(frame);
    });
    socket.on('data', (bytes) => {
      for (const event of link.receive(bytes)) {
        const answer = onEvent(event, link, socket);
        if (answer === undefined) continue;
        end(answer);
        return;
      }
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end(fail(`cannot be reached (${error.code ?? error.message})`));
    });
    socket.on('close', () => {
      end(fail('closed the connection'));
    });
  });
}

/** A key for this one question: there is no data directory yet in which to keep one. */
function strangersHandshake(
  agent: string,
  { entropy, clock }: QuestionDependencies,
): HandshakeOptions {
  const seed = entropy.bytes(32);
  const ours = {
    protocolMin: PROTOCOL_MIN,
    protocolMax: PROTOCOL_MAX,
    service: 'client',
    network: NO_NETWORK,
    nodeKey: toHex(publicKeyOf(seed)) as NodeKey,
    listenPort: 0,
    tipHeight: 0,
    tipWork: 0n,
    unixTime: clock().unix,
    instance: toHex(entropy.bytes(8)),
    nonce: toHex(entropy.bytes(16)),
    agent,
  } as const;
  return {
    role: 'caller',
    ours,
    sign: signerOf(seed),
    channel: PLAIN_CHANNEL,
    accept: () => undefined,
  };
}

/** The answer, once it is there. */
function onEvent(
  event: LinkEvent<TrackerRow>,
  link: Link<TrackerRow>,
  socket: Socket,
): Result<readonly Network[], string> | undefined {
  switch (event.type) {
    case 'send':
      socket.write(event.frame);
      return undefined;
    case 'ready':
      if (event.theirs.service !== 'tracker') return fail(NO_TRACKER);
      socket.write(link.encode({ type: 'getNetworks' }));
      return undefined;
    case 'message':
      if (event.message.type === 'networks') return ok(networksOf(event.message.params));
      if (event.message.type !== 'ping') return undefined;
      socket.write(link.encode({ type: 'pong', nonce: event.message.nonce }));
      return undefined;
    case 'breach':
      // A peer refuses a stranger of no network before anything else is said.
      if (link.heard !== undefined && link.heard.service !== 'tracker') return fail(NO_TRACKER);
      return fail(`does not speak as a tracker should: ${event.sentence}`);
    default:
      return assertNever(event);
  }
}

const NO_TRACKER = 'is a peer and no tracker: a tracker listens on port 5009 unless told otherwise';

/** Parameters that we cannot read belong to networks that we cannot join. */
function networksOf(params: readonly Uint8Array[]): Network[] {
  return params.flatMap((bytes) => {
    const decoded = decodeParams(bytes);
    return decoded.ok ? [networkOf(decoded.value)] : [];
  });
}
