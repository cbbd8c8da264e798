/**
 * Every rule for transactions, broken at each door: by the operator, by a peer, in a block. And the
 * published holes of other programs that concern transactions, by name.
 */

import { expect } from 'chai';
import { Stranger } from '../support/stranger.js';
import { World } from '../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../lab/sim/worldNode.js';
import { REJECTS, type RejectCode } from '../../shared/consensus/reject.js';
import type { DecodedTransaction, Transaction } from '../../shared/consensus/transaction.js';
import type { Amount, Txid } from '../../shared/units.js';
import {
  ALLOCATION,
  coinOf,
  decoded,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
} from '../support/blocks.js';
import { childOf, payGenesis } from '../support/mempools.js';

const network = makeNetwork({ maturity: 10 });
const genesis = genesisOf(network);
const first = nextBlock(network, genesis, { payTo: owner(9) });
const FEE = 5_000;

const good = spend(network, {
  coins: [genesisCoin(network, 0), genesisCoin(network, 1)],
  outputs: [pay(owner(5), 2 * ALLOCATION - FEE)],
});
const broken = (change: (tx: DecodedTransaction) => Partial<Transaction>): DecodedTransaction =>
  decoded({ ...good, ...change(good) });
const amount = (value: number): Amount => value as Amount;
const paying = (outputs: Transaction['outputs']): DecodedTransaction =>
  spend(network, { coins: [genesisCoin(network, 2)], outputs });

/** One transaction for each rule. */
const EXAMPLES: Readonly<Partial<Record<RejectCode, DecodedTransaction>>> = {
  'transaction-too-large': paying(Array.from({ length: 3_500 }, () => pay(owner(5), 1))),
  'no-inputs': decoded({ ...good, inputs: [], keys: [], signatures: [] }),
  'no-outputs': broken(() => ({ outputs: [] })),
  'zero-amount': broken(({ outputs: [one] }) => ({
    outputs: [one ?? expect.fail(), pay(owner(6), 0)],
  })),
  // CVE-2010-5139: a sum that does not fit.
  'sum-too-large': broken(() => ({
    outputs: [1, 2].map(() => pay(owner(5), Number.MAX_SAFE_INTEGER)),
  })),
  'outputs-exceed-inputs': paying([pay(owner(5), ALLOCATION + 1)]),
  'inputs-not-ascending': broken(({ inputs }) => ({ inputs: inputs.toReversed() })),
  // CVE-2018-17144: one coin twice.
  'duplicate-input': broken(({ inputs: [one = expect.fail()], keys, signatures }) => ({
    inputs: [one, one],
    keys: keys.slice(one.key, one.key + 1),
    signatures: signatures.slice(0, 1),
  })),
  'keys-not-ascending': broken(({ keys, signatures }) => ({
    keys: keys.toReversed(),
    signatures: signatures.toReversed(),
  })),
  'key-out-of-range': broken(({ inputs }) => ({
    inputs: inputs.map((one, i) => ({ ...one, key: i === 0 ? one.key : 7 })),
  })),
  'unused-key': broken(({ inputs }) => ({ inputs: inputs.map((one) => ({ ...one, key: 0 })) })),
  'bad-signature': broken(({ signatures }) => ({ signatures: signatures.toReversed() })),
  'missing-coin': spend(network, {
    coins: [{ ...genesisCoin(network, 2), txid: 'ab'.repeat(32) as Txid }],
    outputs: [pay(owner(5), 1_000)],
  }),
  'wrong-amount': spend(network, {
    coins: [{ ...genesisCoin(network, 2), amount: amount(ALLOCATION + 1) }],
    outputs: [pay(owner(5), 1_000)],
  }),
  'wrong-key': spend(network, {
    coins: [{ ...genesisCoin(network, 2), owner: owner(7) }],
    outputs: [pay(owner(5), 1_000)],
  }),
  'immature-coin': spend(network, {
    coins: [coinOf(first.block.transactions[0] ?? expect.fail(), 0, owner(9))],
    outputs: [pay(owner(5), 1_000)],
  }),
  locked: spend(network, {
    coins: [genesisCoin(network, 2)],
    outputs: [pay(owner(5), 1_000)],
    lockHeight: 3,
  }),
};

/** What only a peer with another tip could know. */
const NOBODYS_FAULT: readonly string[] = ['missing-coin', 'immature-coin', 'locked'];

function scene() {
  const world = new World();
  const node = addNode(world, network);
  node.give([first]);
  world.run(100);
  return { world, node };
}

/** Announces `txs` to `node` and gives them when it is asked. */
function offered(world: World, node: WorldNode, ...txs: readonly DecodedTransaction[]): Stranger {
  const stranger = new Stranger(world, network).call(node);
  const nothing = { type: 'headers', headers: new Uint8Array() } as const;
  if (stranger.all('getHeaders').length > 0) stranger.say(nothing);
  stranger.onMessage = (message) => {
    if (message.type !== 'getTransactions') return;
    const found = txs.filter(({ wtxid }) => message.wtxids.includes(wtxid));
    stranger.say({
      ...{ type: 'transactions', missing: [] },
      transactions: found.map(({ bytes }) => bytes),
    });
  };
  world.run(100);
  stranger.say({ type: 'inv', wtxids: txs.map(({ wtxid }) => wtxid) });
  world.run(1_000);
  return stranger;
}

/** The code with which the operator's `tx` is refused. */
function submitted(world: World, node: WorldNode, tx: DecodedTransaction): string | undefined {
  node.command({ type: 'submit-transactions', transactions: [tx.bytes] });
  world.run(100);
  const reply = node.replies.at(-1)?.result;
  const value = reply?.ok === true ? reply.value : undefined;
  return value?.type === 'transactions' ? value.outcomes[0]?.reject?.code : undefined;
}

/** The code with which a block with `tx` is refused, at once or when it is connected. */
function inBlock(world: World, node: WorldNode, tx: DecodedTransaction): string | undefined {
  const block = nextBlock(network, first, { transactions: [tx], reward: 1 });
  node.command({ type: 'submit-block', bytes: block.bytes });
  world.run(100);
  const reply = node.replies.at(-1)?.result;
  const problem = reply?.ok === false ? reply.error : undefined;
  return problem?.code === 'rejected' ? problem.reject.code : undefined;
}

describe('transactions that break a rule', () => {
  for (const [code, tx] of Object.entries(EXAMPLES)) {
    it(`${code}: are refused from the operator, from a peer and in a block`, () => {
      const { world, node } = scene();
      expect(submitted(world, node, tx)).to.equal(code);
      expect(inBlock(world, node, tx)).to.equal(code);
      expect([node.height, node.node.queries.queues().waiting]).to.deep.equal([1, 0]);
      if (code === 'transaction-too-large') return;
      const other = scene();
      offered(other.world, other.node, tx);
      const isFault = !NOBODYS_FAULT.includes(code);
      expect(other.node.reasons).to.deep.equal(isFault ? ['invalid-transaction'] : []);
      const { bans, waiting } = other.node.node.queries.queues();
      const isBan = isFault && REJECTS[code as RejectCode].fault === 'ban';
      expect([bans, waiting]).to.deep.equal([isBan ? 1 : 0, 0]);
    });
  }

  it('have an example for each rule', () => {
    const codes = Object.keys(REJECTS);
    const ofTransactions = codes.slice(codes.indexOf('transaction-too-large'));
    expect(Object.keys(EXAMPLES)).to.have.members(
      ofTransactions.filter((code) => code !== 'bad-coinbase-amount'),
    );
  });

  it('undecodable-transaction: bytes that are none, from the operator and in a block', () => {
    const { world, node } = scene();
    const cut = { ...good, bytes: good.bytes.subarray(0, 100) };
    expect(submitted(world, node, cut)).to.equal('undecodable-transaction');
    expect(inBlock(world, node, cut)).to.equal('undecodable-block');
  });
});

describe('published holes: transactions', () => {
  it('junk signers (CVE-2025-46598): what fails in form, fee or coins costs no signature', () => {
    const { world, node } = scene();
    let checks = 0;
    world.watch({
      onStep: (_, effects) => {
        checks += effects.filter(({ type }) => type === 'verify').length;
      },
    });
    const cheap = decoded({ ...payGenesis(network, 3, 1), signatures: [new Uint8Array(64)] });
    for (const [code, tx] of Object.entries(EXAMPLES)) {
      if (code !== 'bad-signature') submitted(world, node, tx);
    }
    expect(submitted(world, node, cheap)).to.equal('fee-too-low');
    expect(checks).to.equal(0);
  });

  it('orphans (CVE-2012-3789, 2024-07): bounded for each peer, and others are answered', () => {
    const { world, node } = scene();
    const orphans = Array.from({ length: 250 }, (_, i) =>
      spend(network, {
        coins: Array.from({ length: 60 }, (__, n) => ({
          ...genesisCoin(network, 0),
          txid: (1 + i * 60 + n).toString(16).padStart(64, '0') as Txid,
        })),
        outputs: [pay(owner(5), 1_000)],
      }),
    );
    offered(world, node, ...orphans);
    const queues = node.node.queries.queues();
    expect([queues.orphans, queues.intake]).to.deep.equal([100, 100]);
    const tx = payGenesis(network, 4);
    const parent = payGenesis(network, 3);
    const honest = new Stranger(world, network, { number: 201 }).call(node);
    honest.say({ type: 'getHeaders', locator: [network.id], stop: network.id });
    world.run(50);
    expect(honest.all('headers')).to.have.length(1);
    expect(submitted(world, node, tx)).to.equal(undefined);
    expect(submitted(world, node, parent)).to.equal(undefined);
    expect(submitted(world, node, childOf(network, parent))).to.equal(undefined);
    world.run(61_000);
    expect(node.node.queries.queues().orphans).to.equal(0);
  });

  it('relay sets grow (2024-10): a spy that takes nothing makes no block later', () => {
    const { world, node } = scene();
    const spies = Array.from({ length: 8 }, (_, i) =>
      new Stranger(world, network, { number: 210 + i }).call(node),
    );
    const other = addNode(world, network);
    other.connectTo(node);
    world.run(1_000);
    const wide = spend(network, {
      coins: [0, 1, 2, 3].map((i) => genesisCoin(network, i)),
      outputs: Array.from({ length: 24 }, () => pay(owner(5), 100_000)),
    });
    expect(submitted(world, node, wide)).to.equal(undefined);
    for (let i = 0; i < 24; i++) submitted(world, node, childOf(network, wide, i));
    world.run(1_000);
    const told = spies.map((spy) => spy.all('inv').flatMap(({ wtxids }) => wtxids).length);
    expect(told).to.deep.equal(spies.map(() => 25));
    const before = world.ms;
    node.command({ type: 'generate', count: 1 });
    world.until(() => other.height === 2, 1_000);
    expect(world.ms - before).to.be.below(20 * world.latencyMs);
  });
});
