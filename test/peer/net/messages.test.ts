import { expect } from 'chai';
import { addNode } from '../../../lab/sim/worldNode.js';
import { World } from '../../../lab/sim/world.js';
import { makeNetwork } from '../../support/blocks.js';
import type { PeerMessage } from '../../../shared/wire/peerMessages.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();

/** Answers that may only come to a question, and there was none. */
const ANSWERS: readonly PeerMessage[] = [
  { type: 'block', block: network.genesisBytes },
  { type: 'notFound', hash: network.id },
  { type: 'transactions', transactions: [], missing: [] },
  { type: 'transactions', transactions: [], missing: ['ab'.repeat(32) as never] },
];

describe('net/messages', () => {
  for (const message of ANSWERS) {
    it(`ends a session for ${message.type} without a question`, () => {
      const world = new World();
      const node = addNode(world, network);
      const stranger = new Stranger(world, network).call(node);
      stranger.say(message);
      world.run(100);
      expect(node.reasons).to.deep.equal(['message-unexpected']);
    });
  }

  it('takes headers as an answer once', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network).call(node);
    expect(stranger.all('getHeaders')).to.have.length(1);
    const nothing = { type: 'headers', headers: new Uint8Array() } as const;
    stranger.say(nothing);
    world.run(100);
    expect(node.reasons).to.deep.equal([]);
    stranger.say(nothing);
    world.run(100);
    expect(node.reasons).to.deep.equal(['message-unexpected']);
  });
});
