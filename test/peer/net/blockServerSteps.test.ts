import { expect } from 'chai';
import type { TxOutput } from '../../../shared/consensus/transaction.js';
import {
  genesisOf,
  makeCoinbase,
  makeNetwork,
  nextBlock,
  owner,
  pay,
} from '../../support/blocks.js';
import { Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();

describe('net/blockServer: steps', () => {
  it('answers with a megabyte in one step over all peers, and with the rest in the next', () => {
    const world = new World();
    const node = addNode(world, network);
    const outputs = Array<TxOutput>(3_400).fill(pay(owner(9), 1));
    const coinbase = makeCoinbase({ height: 1, outputs });
    const big = nextBlock(network, genesisOf(network), { coinbase });
    const [giver = expect.fail(), ...askers] = Array.from({ length: 26 }, (_, i) => {
      const stranger = new Stranger(world, network, { number: 100 + i }).call(node);
      stranger.say({ type: 'headers', headers: new Uint8Array() });
      return stranger;
    });
    // All wait for one block, so that all can be answered when it comes.
    giver.push(big);
    world.run(20);
    for (const asker of askers) asker.say({ type: 'getBlocks', hashes: [big.block.hash] });
    world.run(20);
    expect(node.host.sentBytesMax).to.be.lessThan(big.bytes.length);
    // No step comes because something was sent.
    node.host.holdSent();
    giver.say({ type: 'block', block: big.bytes });
    world.run(20);
    for (const asker of askers) expect(asker.all('block')).to.have.length(1);
    expect(node.host.sentBytesMax).to.be.within(1_000_000, 1_000_000 + 1.1 * big.bytes.length);
  });
});
