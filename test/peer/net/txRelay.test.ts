import { expect } from 'chai';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { World } from '../../../lab/sim/world.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import { decoded, genesisOf, makeNetwork, nextBlock, nextBlocks } from '../../support/blocks.js';
import { childOf, payGenesis } from '../../support/mempools.js';
import { headersOf, Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const NOTHING = { type: 'headers', headers: new Uint8Array() } as const;
const forged = (tx: DecodedTransaction): DecodedTransaction =>
  decoded({ ...tx, signatures: tx.signatures.map(() => new Uint8Array(64)) });

function caller(world: World, node: WorldNode, number = 100): Stranger {
  const stranger = new Stranger(world, network, { number }).call(node);
  if (stranger.all('getHeaders').length > 0) stranger.say(NOTHING);
  world.run(20);
  return stranger;
}

/** Announces `txs` and gives them when it is asked. */
function offer(world: World, who: Stranger, ...txs: readonly DecodedTransaction[]): void {
  who.onMessage = (message) => {
    if (message.type !== 'getTransactions') return;
    const found = txs.filter(({ wtxid }) => message.wtxids.includes(wtxid));
    who.say({ type: 'transactions', transactions: found.map(({ bytes }) => bytes), missing: [] });
  };
  who.say({ type: 'inv', wtxids: txs.map(({ wtxid }) => wtxid) });
  world.run(200);
}
const waits = (node: WorldNode, { txid }: DecodedTransaction): boolean =>
  node.node.queries.waiting(txid) !== undefined;

describe('net/txRelay', () => {
  it('lets the right version in after a broken signature on the same txid, from another', () => {
    const world = new World();
    const node = addNode(world, network);
    const good = payGenesis(network, 0);
    const bad = forged(good);
    offer(world, caller(world, node, 100), bad);
    expect(node.reasons).to.deep.equal(['invalid-transaction']);
    offer(world, caller(world, node, 101), good);
    expect(waits(node, good)).to.equal(true);
  });

  it('blames nobody for what another tip, or another taste, may see otherwise', () => {
    const world = new World();
    const node = addNode(world, network);
    const who = caller(world, node);
    const orphan = childOf(network, payGenesis(network, 0));
    offer(world, who, orphan, payGenesis(network, 1, 1));
    expect([node.reasons, node.node.queries.queues().orphans]).to.deep.equal([[], 1]);
  });

  for (const when of ['before', 'after'] as const) {
    it(`keeps a child whose giver left, if another announced it ${when} it came`, () => {
      const world = new World();
      const node = addNode(world, network);
      const [liar, honest] = [caller(world, node, 100), caller(world, node, 101)];
      const parent = payGenesis(network, 0);
      const child = childOf(network, parent);
      const announce = (): void => {
        honest.say({ type: 'inv', wtxids: [child.wtxid] });
        world.run(10);
      };
      liar.say({ type: 'inv', wtxids: [child.wtxid] });
      world.run(20);
      if (when === 'before') announce();
      liar.say({ type: 'transactions', transactions: [child.bytes], missing: [] });
      world.run(20);
      if (when === 'after') announce();
      liar.hangUp();
      world.run(100);
      expect(node.node.queries.queues().orphans).to.equal(1);
      offer(world, honest, parent);
      expect([waits(node, parent), waits(node, child)]).to.deep.equal([true, true]);
    });
  }

  it('ends a session for bytes that are no transaction, and bans', () => {
    const world = new World();
    const node = addNode(world, network);
    const who = caller(world, node);
    const junk = new Uint8Array(20);
    who.say({ type: 'inv', wtxids: [payGenesis(network, 0).wtxid] });
    world.run(100);
    who.say({ type: 'transactions', transactions: [junk], missing: [] });
    world.run(100);
    expect(node.reasons).to.deep.equal(['message-malformed']);
    expect(node.node.queries.queues().bans).to.equal(1);
  });

  it('asks for nothing that a block had a short while ago', () => {
    const world = new World();
    const node = addNode(world, network);
    const tx = payGenesis(network, 0);
    node.give([nextBlock(network, genesisOf(network), { transactions: [tx] })]);
    world.run(100);
    const who = caller(world, node);
    offer(world, who, tx);
    expect(who.all('getTransactions')).to.deep.equal([]);
  });

  it('asks for nothing while it is syncing, and then for what it was told', () => {
    const world = new World();
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesisOf(network), 40);
    const tx = payGenesis(network, 0);
    const source = new Stranger(world, network, {
      number: 100,
      hello: { tipHeight: 40, tipWork: 1n << 40n },
    }).call(node);
    source.say({ type: 'headers', headers: headersOf(blocks) });
    world.run(100);
    offer(world, source, tx);
    expect(node.node.queries.isSynced).to.equal(false);
    expect(source.all('getTransactions')).to.deep.equal([]);
    node.give(blocks);
    world.run(1_000);
    expect(node.node.queries.isSynced).to.equal(true);
    expect(waits(node, tx)).to.equal(true);
  });

  it('gives what it is asked for, and says what it does not have', () => {
    const world = new World();
    const node = addNode(world, network);
    const who = caller(world, node);
    const [here, other] = [payGenesis(network, 0), payGenesis(network, 1)];
    node.command({ type: 'submit-transactions', transactions: [here.bytes] });
    world.run(100);
    who.say({ type: 'getTransactions', wtxids: [other.wtxid, here.wtxid] });
    world.run(100);
    const [answer] = who.all('transactions');
    expect(answer?.transactions).to.deep.equal([here.bytes]);
    expect(answer?.missing).to.deep.equal([other.wtxid]);
  });
});
