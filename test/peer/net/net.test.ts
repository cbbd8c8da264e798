import { expect } from 'chai';
import fc from 'fast-check';
import type { BlockHash } from '../../../shared/units.js';
import type { PeerMessage } from '../../../shared/wire/peerMessages.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks } from '../../support/blocks.js';
import { headersOf, Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const blocks = nextBlocks(network, genesis, 12);
const NOTHING = { type: 'headers', headers: new Uint8Array() } as const;

/** Anything that a stranger may say, with hashes and headers that mean something to the node. */
function messages(): fc.Arbitrary<PeerMessage> {
  const known = [network.id, ...blocks.map(({ block }) => block.hash)];
  const hash = fc.constantFrom(...known, 'ee'.repeat(32) as BlockHash);
  const nonce = fc.constant('00'.repeat(8));
  const headers = fc.subarray(blocks).map((some) => headersOf(some));
  const block = fc.constantFrom(...blocks.map(({ bytes }) => bytes), new Uint8Array(84));
  const hashes = fc.array(hash, { minLength: 1, maxLength: 16 });
  return fc.oneof(
    fc.record({ type: fc.constant('ping' as const), nonce }),
    fc.record({ type: fc.constant('pong' as const), nonce }),
    fc.record({
      type: fc.constant('getHeaders' as const),
      locator: fc.array(hash, { minLength: 1, maxLength: 101 }),
      stop: hash,
    }),
    fc.record({ type: fc.constant('headers' as const), headers }),
    fc.record({ type: fc.constant('getBlocks' as const), hashes }),
    fc.record({ type: fc.constant('block' as const), block }),
    fc.record({ type: fc.constant('notFound' as const), hash }),
    fc.record({
      type: fc.constant('newHeaders' as const),
      headers: headers.map((bytes) =>
        bytes.length === 0 ? new Uint8Array(80) : bytes.slice(0, 640),
      ),
    }),
  );
}

describe('net', () => {
  it('survives whatever a stranger says in any order, and serves others as before', () => {
    const what = fc.array(messages(), { maxLength: 30 });
    fc.assert(
      fc.property(what, fc.boolean(), (said, isSilentFirst) => {
        const world = new World();
        const node = addNode(world, network);
        node.give(blocks.slice(0, 6));
        const stranger = new Stranger(world, network).call(node);
        if (!isSilentFirst) stranger.say(NOTHING);
        for (const message of said) {
          if (!stranger.isClosed) stranger.say(message);
          world.run(5);
        }
        const honest = new Stranger(world, network, { number: 101, blocks }).call(node);
        honest.push(...blocks.slice(6, 12));
        world.run(5_000);
        expect(node.height).to.equal(12);
        expect(honest.isClosed).to.equal(false);
      }),
      { numRuns: 60 },
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isMute) => {
        const world = new World();
        const node = addNode(world, network);
        const stranger = new Stranger(world, network, { isMute }).call(node);
        world.run(50);
        stranger.sayBytes(bytes);
        world.run(10_000);
        const other = new Stranger(world, network, { number: 101 }).call(node);
        expect(other.isReady).to.equal(true);
      }),
      { numRuns: 100 },
    );
  });

  it('handles what comes after a breach in the same bytes no more', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network).call(node);
    stranger.sayAll([
      { type: 'notFound', hash: network.id },
      { type: 'newHeaders', headers: headersOf(blocks.slice(0, 1)) },
    ]);
    world.run(50);
    expect(node.reasons).to.deep.equal(['message-unexpected']);
    expect(node.node.queries.bestHeader.height).to.equal(0);
  });

  it('asks others at once for what a session owed that ended', () => {
    const world = new World();
    const node = addNode(world, network);
    const [first, second] = [101, 102].map(
      (number) => new Stranger(world, network, { number }),
    ) as [Stranger, Stranger];
    for (const stranger of [first, second]) {
      stranger.call(node);
      stranger.say(NOTHING);
    }
    const block = nextBlock(network, genesis);
    for (const stranger of [first, second]) stranger.push(block);
    world.run(20);
    expect([first.askedFor.length, second.askedFor.length]).to.deep.equal([1, 0]);
    first.hangUp();
    world.run(20);
    expect(second.askedFor).to.deep.equal([block.block.hash]);
  });

  it('tells of each session that became ready and ended, but not of those who only knock', () => {
    const world = new World();
    const node = addNode(world, network);
    const knocker = new Stranger(world, network, { number: 101, isMute: true }).call(node);
    world.run(50);
    knocker.hangUp();
    const guest = new Stranger(world, network, { number: 102 }).call(node);
    guest.hangUp();
    world.run(50);
    expect(node.told('peer-ready')).to.have.length(1);
    expect(node.told('peer-gone').map(({ reason }) => reason)).to.deep.equal(['connection-lost']);
  });
});
