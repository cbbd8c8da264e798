import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { genesisOf, makeNetwork, nextBlocks, owner } from '../../support/blocks.js';
import { letProve } from '../../support/lightWorld.js';
import { payGenesis } from '../../support/mempools.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const blocks = nextBlocks(network, genesisOf(network), 2);
const question = {
  type: 'getProofs',
  addresses: [owner(0).address],
  height: 0,
  position: 0,
} as const;

function scene(count = 1) {
  const world = new World();
  const node = addNode(world, network);
  node.give(blocks);
  const clients = Array.from({ length: count }, (_, i) => {
    const options = { number: 50 + i, hello: { service: 'client', listenPort: 0 } as const };
    const address = { host: `10.5.0.${String(i + 1)}`, port: 6_000 };
    return new Stranger(world, network, { ...options, address }).call(node);
  });
  const [client = expect.fail()] = clients;
  return { world, node, client, clients };
}

describe('net/proofServer', () => {
  it('answers a light peer from the index of the node', () => {
    const { world, node, client } = scene();
    letProve(node);
    client.say(question);
    world.run(100);
    const [answer] = client.all('proofs');
    expect(answer).to.include({ state: 'done', upTo: blocks[1]?.block.hash });
    expect(answer?.proofs.map(({ block, position }) => [block, position])).to.deep.equal([
      [network.id, 0],
    ]);
  });

  it('says so when there is no index', () => {
    const { world, client } = scene();
    client.say(question);
    world.run(100);
    expect(client.all('proofs')[0]).to.include({ state: 'no-index', upTo: '0'.repeat(64) });
  });

  it('lets two questions of one wait, and ends a flood', () => {
    const { world, node, client } = scene();
    const told = letProve(node);
    client.sayAll([question, question]);
    world.run(100);
    expect([told.count, client.all('proofs').length]).to.deep.equal([2, 2]);
    expect(node.reasons).to.deep.equal([]);
    client.sayAll([question, question, question]);
    world.run(100);
    expect(node.reasons).to.deep.equal(['flooding']);
  });

  it('has one question out at a time, and forgets those of who left', () => {
    const { world, node, clients } = scene(3);
    const open = new Set<number>();
    let most = 0;
    world.watch({
      onStep: (host, effects) => {
        if (host !== node.host) return;
        for (const { type, id } of effects) if (type === 'prove') open.add(id as number);
        most = Math.max(most, open.size);
      },
      onInput: (host, input) => {
        if (host === node.host && input.type === 'proven') open.delete(input['id'] as number);
      },
    });
    const told = letProve(node);
    for (const client of clients) client.say(question);
    clients[2]?.hangUp();
    world.run(100);
    expect(most).to.equal(1);
    expect(told.count).to.be.within(2, 3);
    expect(clients.map((client) => client.all('proofs').length)).to.deep.equal([1, 1, 0]);
    expect(node.node.queries.queues().questions).to.equal(0);
  });

  it('tells a light peer of new headers, and never of transactions', () => {
    const { world, node, client } = scene();
    const [next] = nextBlocks(network, blocks[1] ?? genesisOf(network), 1);
    node.give(next === undefined ? [] : [next]);
    const { bytes } = payGenesis(network, 0);
    node.command({ type: 'submit-transactions', transactions: [bytes] });
    world.run(1_000);
    expect(node.node.queries.queues().waiting).to.equal(1);
    expect(client.heard.map(({ type }) => type)).to.deep.equal(['newHeaders']);
  });
});
