/** Transactions between whole nodes: from the operator to the blocks of others. */

import { expect } from 'chai';
import { addNode, type WorldNode } from '../../lab/sim/worldNode.js';
import { World } from '../../lab/sim/world.js';
import type { SubmittedTransaction } from '../../peer/types.js';
import { decodeBlock } from '../../shared/consensus/block.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { BlockHash } from '../../shared/units.js';
import {
  ALLOCATION,
  coinOf,
  decoded,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
} from '../support/blocks.js';
import { payGenesis } from '../support/mempools.js';

const network = makeNetwork();
const genesis = genesisOf(network);

/** Pays the `i`-th coin of genesis to owner 5, less `fee`. */
const payment = (i: number, fee = 1_000, to = 5): DecodedTransaction =>
  spend(network, {
    coins: [genesisCoin(network, i)],
    outputs: [pay(owner(to), ALLOCATION - fee)],
  });
const childOf = (tx: DecodedTransaction, fee = 1_000): DecodedTransaction => {
  const coin = coinOf(tx, 0, owner(5));
  return spend(network, { coins: [coin], outputs: [pay(owner(5), coin.amount - fee)] });
};

/** Hands `transactions` to `node` as its operator; what it said to them when all was checked. */
function submit(world: World, node: WorldNode, ...txs: DecodedTransaction[]) {
  const before = node.replies.length;
  node.command({ type: 'submit-transactions', transactions: txs.map(({ bytes }) => bytes) });
  world.until(() => node.replies.length > before, 1_000);
  const reply = node.replies.at(-1)?.result;
  if (reply?.ok !== true || reply.value.type !== 'transactions') return expect.fail('no answer');
  return reply.value.outcomes.map(({ reject }: SubmittedTransaction) => reject?.code ?? 'waits');
}

const waits = (node: WorldNode, ...txs: readonly DecodedTransaction[]): boolean =>
  txs.every(({ txid }) => node.node.queries.waiting(txid) !== undefined);

/** The transactions of the tip of `node`, without the coinbase. */
function inTip(node: WorldNode): string[] {
  const bytes = node.node.queries.block(node.tip as BlockHash);
  const block = bytes && decodeBlock(bytes);
  return block?.ok === true ? block.value.transactions.slice(1).map(({ txid }) => txid) : [];
}

const isConnected = (event: unknown): boolean =>
  (event as { readonly type: string }).type === 'block-connected';

/** Nodes in a row, each connected to the one before. */
function row(world: World, count: number): WorldNode[] {
  const nodes = Array.from({ length: count }, () => addNode(world, network));
  nodes.forEach((node, i) => {
    const before = nodes[i - 1];
    if (before !== undefined) node.connectTo(before);
  });
  world.run(2_000);
  return nodes;
}

describe('node: transactions', () => {
  it('bring a payment from one node to all, and into a block of another', () => {
    const world = new World();
    const nodes = row(world, 3);
    const [a = expect.fail(), , c = expect.fail()] = nodes;
    const parent = payment(0);
    const child = childOf(parent);
    expect(submit(world, a, parent, child)).to.deep.equal(['waits', 'waits']);
    world.until(() => waits(c, parent, child), 1_000);
    c.command({ type: 'generate', count: 1 });
    world.until(() => nodes.every(({ height }) => height === 1), 5_000);
    expect(inTip(a)).to.deep.equal([parent.txid, child.txid]);
    world.run(100);
    for (const node of nodes) expect(waits(node, parent)).to.equal(false);
    for (const node of nodes) expect(node.reasons).to.deep.equal([]);
  });

  it('pay their fees to who mines them', () => {
    const world = new World();
    const [a = expect.fail()] = row(world, 1);
    submit(world, a, payment(0, 5_000), payment(1, 7_000));
    a.command({ type: 'generate', count: 1 });
    world.until(() => a.height === 1, 5_000);
    const bytes = a.node.queries.block(a.tip as BlockHash);
    const block = bytes && decodeBlock(bytes);
    const reward = block?.ok === true ? block.value.transactions[0]?.outputs[0]?.amount : 0;
    expect(reward).to.equal(network.params.subsidy + 12_000);
  });

  it('are checked once: a block of seen ones asks no worker', () => {
    const world = new World();
    const [a = expect.fail(), b = expect.fail()] = row(world, 2);
    let batches = 0;
    world.watch({
      onStep: (_, effects) => {
        batches += effects.filter(({ type }) => type === 'verify').length;
      },
    });
    const tx = payment(0);
    submit(world, a, tx);
    world.until(() => waits(b, tx), 1_000);
    expect(batches).to.equal(2);
    a.command({ type: 'generate', count: 1 });
    world.until(() => b.height === 1, 5_000);
    expect(batches).to.equal(2);
  });

  it('leave after the news of a large block, and before the next one is made', () => {
    const world = new World();
    const rich = makeNetwork({
      allocations: Array.from({ length: 50 }, (_, i) => pay(owner(i), ALLOCATION)),
    });
    const [a, b] = [addNode(world, rich), addNode(world, rich)];
    a.connectTo(b);
    world.run(2_000);
    const all = Array.from({ length: 50 }, (_, i) => payGenesis(rich, i));
    submit(world, a, ...all);
    world.until(() => waits(b, ...all), 1_000);
    const atNews: number[] = [];
    world.watch({
      onStep: (host, effects) => {
        const isNews = effects.some(({ type, ...effect }) => {
          return type === 'event' && 'event' in effect && isConnected(effect.event);
        });
        if (host === b.host && isNews) atNews.push(b.node.queries.mempool(world.now).count);
      },
    });
    a.command({ type: 'generate', count: 2 });
    world.until(() => b.height === 2, 5_000);
    world.run(100);
    expect(atNews).to.deep.equal([50, 0]);
    expect([a, b].map((node) => node.node.queries.mempool(world.now).count)).to.deep.equal([0, 0]);
    expect(inTip(a)).to.deep.equal([]);
  });

  it('come back from a block that a reorganisation left, and are mined again', () => {
    const world = new World();
    const [a = expect.fail()] = row(world, 1);
    const tx = payment(0);
    const one = nextBlock(network, genesis, { transactions: [tx] });
    a.give([one]);
    world.until(() => a.height === 1, 1_000);
    a.give(nextBlocks(network, genesis, 2, { extraNonce: 7 }));
    world.until(() => a.height === 2, 1_000);
    expect(waits(a, tx)).to.equal(true);
    a.command({ type: 'generate', count: 1 });
    world.until(() => a.height === 3, 5_000);
    expect(inTip(a)).to.deep.equal([tx.txid]);
  });

  it('are let go when a block spends their coins', () => {
    const world = new World();
    const [a = expect.fail()] = row(world, 1);
    const [mine, other] = [payment(0), payment(0, 2_000, 6)];
    submit(world, a, mine, childOf(mine));
    a.give([nextBlock(network, genesis, { transactions: [other] })]);
    world.until(() => a.height === 1, 1_000);
    expect(a.node.queries.queues().waiting).to.equal(0);
    expect(submit(world, a, mine)).to.deep.equal(['missing-coin']);
  });

  it('survive a restart, signatures checked anew', () => {
    const world = new World();
    const [a = expect.fail()] = row(world, 1);
    const parent = payment(0);
    const txs = [parent, childOf(parent), payment(1)];
    submit(world, a, ...txs);
    a.kill();
    const again = addNode(world, network, { number: a.number, store: a.store });
    expect(waits(again, parent)).to.equal(false);
    world.until(() => waits(again, ...txs), 1_000);
    again.command({ type: 'generate', count: 1 });
    world.until(() => again.height === 1, 5_000);
    again.kill();
    const last = addNode(world, network, { number: a.number, store: a.store });
    world.run(1_000);
    expect(last.node.queries.queues().waiting).to.equal(0);
  });

  it('reach a node that comes later, or was on the other side of a cut', () => {
    const world = new World();
    const [a = expect.fail()] = row(world, 1);
    const [one, two] = [payment(0), payment(1)];
    submit(world, a, one);
    const late = addNode(world, network);
    submit(world, late, two);
    late.connectTo(a);
    world.until(() => waits(late, one, two) && waits(a, one, two), 3_000);
  });

  it('are refused with the rule or the policy that they break', () => {
    const world = new World();
    const [a = expect.fail()] = row(world, 1);
    const forged = decoded({ ...payment(1), signatures: [new Uint8Array(64)] });
    const codes = submit(world, a, forged, payment(2, 1), payment(3), payment(3));
    expect(codes.slice(0, 3)).to.deep.equal(['bad-signature', 'fee-too-low', 'waits']);
    expect(codes[3]).to.equal('already-waiting');
    const stranger = childOf(payment(4));
    expect(submit(world, a, stranger)).to.deep.equal(['missing-coin']);
  });
});
