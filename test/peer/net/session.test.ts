import { expect } from 'chai';
import { ARRIVALS } from '../../../peer/net/arrivals.js';
import type { BlockHash } from '../../../shared/units.js';
import { DISCONNECT_REASONS, type DisconnectReason } from '../../../shared/wire/disconnect.js';
import { encodeFrame } from '../../../shared/wire/frame.js';
import type { PeerMessage } from '../../../shared/wire/peerMessages.js';
import { makeNetwork } from '../../support/blocks.js';
import { Stranger, type StrangerOptions } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const NEW_HEADERS = 0x15;
const ZEROS = '0'.repeat(64) as BlockHash;

interface Scene {
  readonly world: World;
  readonly node: WorldNode;
  readonly stranger: Stranger;
}

function scene(options: StrangerOptions = {}): Scene {
  const world = new World();
  const node = addNode(world, network);
  const stranger = new Stranger(world, network, options).call(node);
  return { world, node, stranger };
}

/** Why the node ended the session after `stranger` sent `bytes`. */
function reasonAfter(
  bytes: Uint8Array,
  options: StrangerOptions = {},
): DisconnectReason | undefined {
  const { world, node, stranger } = scene(options);
  world.run(50);
  stranger.sayBytes(bytes);
  world.run(50);
  expect(stranger.isClosed).to.equal(node.reasons.length > 0);
  return node.reasons[0];
}

describe('net/session', () => {
  it('is ready after hello and ready in both directions', () => {
    const { node, stranger } = scene();
    expect(stranger.isReady).to.equal(true);
    expect(node.peerCount).to.equal(1);
    expect(node.told('peer-ready').map(({ peer }) => peer.agent)).to.deep.equal(['stranger']);
  });

  it('ends a handshake that is not over after 5 s', () => {
    const { world, node } = scene({ isMute: true });
    world.run(4_900);
    expect(node.reasons).to.deep.equal([]);
    world.run(200);
    expect(node.reasons).to.deep.equal(['handshake-timeout']);
  });

  it('ends at garbage, at a frame that is too large, empty, or of an unknown type', () => {
    expect(reasonAfter(new Uint8Array(100).fill(0xff))).to.equal('message-unknown');
    expect(reasonAfter(Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 0x11))).to.equal('frame-too-large');
    expect(reasonAfter(Uint8Array.of(0, 0, 0, 0, 0x11))).to.equal('frame-empty');
    expect(reasonAfter(encodeFrame(0x7e, new Uint8Array(1)))).to.equal('message-unknown');
    expect(reasonAfter(encodeFrame(0x11, Uint8Array.of(0xc1)))).to.equal('message-malformed');
  });

  it('takes nothing but hello before the handshake is over', () => {
    const ping = encodeFrame(0x02, Uint8Array.of(0x91, 0xc4, 8, 1, 2, 3, 4, 5, 6, 7, 8));
    expect(reasonAfter(ping, { isMute: true })).to.equal('message-unexpected');
    expect(reasonAfter(encodeFrame(0x00, new Uint8Array(1)))).to.equal('message-unexpected');
  });

  it('waits for the rest of a truncated frame, and lets go when the connection ends', () => {
    const { world, node, stranger } = scene();
    stranger.sayBytes(Uint8Array.of(0, 0, 1));
    world.run(1_000);
    expect(node.reasons).to.deep.equal([]);
    stranger.hangUp();
    world.run(100);
    expect(node.told('peer-gone').map(({ reason }) => reason)).to.deep.equal(['connection-lost']);
    expect(node.peerCount).to.equal(0);
  });

  it('refuses every answer that nobody asked for, and all of a tracker but pings', () => {
    const examples: PeerMessage[] = [
      { type: 'ping', nonce: '00'.repeat(8) },
      { type: 'pong', nonce: '00'.repeat(8) },
      { type: 'getHeaders', locator: [ZEROS], stop: ZEROS },
      { type: 'headers', headers: new Uint8Array() },
      { type: 'getBlocks', hashes: [ZEROS] },
      { type: 'block', block: new Uint8Array(84) },
      { type: 'notFound', hash: ZEROS },
      { type: 'newHeaders', headers: new Uint8Array(80) },
      { type: 'inv', wtxids: [ZEROS as never] },
      { type: 'getTransactions', wtxids: [ZEROS as never] },
      { type: 'getProofs', addresses: ['00'.repeat(20) as never], height: 0, position: 0 },
      { type: 'proofs', state: 'no-index', upTo: ZEROS, proofs: [] },
    ];
    for (const counterpart of ['peer', 'client', 'tracker'] as const) {
      for (const message of examples) {
        const { world, node, stranger } = scene({ hello: { service: counterpart } });
        // What it is asked for at the start is answered.
        if (counterpart === 'peer') stranger.say({ type: 'headers', headers: new Uint8Array() });
        world.run(50);
        stranger.say(message);
        world.run(50);
        const isFree = ARRIVALS[counterpart][message.type] === 'any-time';
        const expected = isFree ? [] : ['message-unexpected'];
        expect(node.reasons, `${message.type} of a ${counterpart}`).to.deep.equal(expected);
      }
    }
  });

  it('answers a ping', () => {
    const { world, stranger } = scene();
    stranger.say({ type: 'ping', nonce: 'ab'.repeat(8) });
    world.run(50);
    expect(stranger.all('pong')).to.deep.equal([{ type: 'pong', nonce: 'ab'.repeat(8) }]);
  });

  it('ends a flood of pings after twenty answers', () => {
    const { world, node, stranger } = scene();
    stranger.sayAll(Array.from({ length: 4_000 }, () => ({ type: 'ping', nonce: '00'.repeat(8) })));
    world.run(50);
    expect(node.reasons).to.deep.equal(['flooding']);
    expect(stranger.all('pong')).to.have.length(20);
  });

  it('measures the latency by its pings', () => {
    const { world, node } = scene();
    world.run(20_000);
    const [peer] = node.node.queries.peers(world.now);
    expect(peer?.latencyMs).to.equal(2 * world.latencyMs);
  });

  it('ends a session whose other side misses three pings', () => {
    const { world, node, stranger } = scene({ isDeaf: true });
    stranger.say({ type: 'headers', headers: new Uint8Array() });
    world.run(35_000);
    expect(node.reasons).to.deep.equal([]);
    world.run(45_000);
    expect(node.reasons).to.deep.equal(['ping-timeout']);
  });

  it('keeps a session on which a message comes slowly', () => {
    const { world, node, stranger } = scene({ isDeaf: true });
    stranger.say({ type: 'headers', headers: new Uint8Array() });
    stranger.sayBytes(Uint8Array.of(0, 0, 1, 0, NEW_HEADERS));
    for (let seconds = 0; seconds < 90; seconds += 10) {
      world.run(10_000);
      stranger.sayBytes(Uint8Array.of(0));
    }
    expect(node.reasons).to.deep.equal([]);
    world.run(80_000);
    expect(node.reasons).to.deep.equal(['ping-timeout']);
  });

  it('bans for what no honest node does, and for nothing else', () => {
    const bans: readonly DisconnectReason[] = ['message-malformed', 'frame-too-large', 'bad-ready'];
    const others: readonly DisconnectReason[] = ['wrong-network', 'ping-timeout', 'stalled'];
    for (const reason of bans) expect(DISCONNECT_REASONS[reason].fault).to.equal('ban');
    for (const reason of others) expect(DISCONNECT_REASONS[reason].fault).to.equal('none');
    const { world, node, stranger } = scene();
    stranger.sayBytes(encodeFrame(0x11, Uint8Array.of(0xc1)));
    world.run(50);
    stranger.call(node);
    expect(node.reasons).to.deep.equal(['message-malformed', 'banned']);
  });

  it('goes on after the process was stopped for longer than three pings', () => {
    const world = new World();
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.connectTo(b);
    world.run(1_000);
    a.host.freeze();
    world.run(40_000);
    a.host.thaw();
    world.run(60_000);
    expect([a.reasons, b.reasons]).to.deep.equal([[], []]);
    expect(a.peerCount).to.equal(1);
  });
});
