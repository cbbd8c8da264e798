import { expect } from 'chai';
import { Follower } from '../../peer/index/follower.js';
import type { IndexReader } from '../../peer/index/readers.js';
import { answerProofs } from '../../peer/proofDesk.js';
import { openIndexInMemory } from '../../peer/storage/openIndex.js';
import { World } from '../../lab/sim/world.js';
import { addNode } from '../../lab/sim/worldNode.js';
import { genesisOf, makeNetwork, nextBlocks } from '../support/blocks.js';

const network = makeNetwork();

describe('peer/proofDesk', () => {
  it('reads the index once, then a block in each turn', async () => {
    const node = addNode(new World(), network);
    const blocks = nextBlocks(network, genesisOf(network), 5);
    node.give(blocks);
    const { queries } = node.node;
    const index = openIndexInMemory(network);
    new Follower(queries, index).followAll();
    const events: string[] = [];
    const read = <T>(use: (reader: IndexReader) => T): Promise<T> => {
      events.push('index');
      return Promise.resolve(use(index));
    };
    const [miner] = blocks[0]?.block.transactions[0]?.outputs ?? [];
    const addresses = miner === undefined ? [] : [miner.address];
    const timer = setInterval(() => events.push('turn'), 0);
    const answer = await answerProofs(
      { addresses, height: 0, position: 0 },
      {
        index: { read },
        block: (hash) => {
          events.push('block');
          return queries.block(hash);
        },
      },
    );
    clearInterval(timer);
    expect(answer?.proofs).to.have.length(5);
    expect(events.filter((event) => event !== 'turn')).to.deep.equal([
      ...['index', 'block', 'block', 'block', 'block', 'block'],
    ]);
    expect(events.join(' '), 'others have their turn').to.not.include('block block');
  });

  it('has no answer when the index cannot be read', async () => {
    const index = { read: () => Promise.resolve(undefined) };
    const question = { addresses: [], height: 0, position: 0 };
    expect(await answerProofs(question, { index, block: () => undefined })).to.equal(undefined);
  });
});
