import { expect } from 'chai';
import { closure, MempoolEntry } from '../../../peer/mempool/entry.js';
import { CHAIN_MAX, chainProblem, replacementProblem } from '../../../peer/mempool/newcomer.js';
import { Pool } from '../../../peer/mempool/pool.js';
import { outpointsOf, type DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { Amount, UnixSeconds } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';
import { childOf, payGenesis } from '../../support/mempools.js';

const network = makeNetwork();

function poolOf(...txs: readonly DecodedTransaction[]): Pool {
  const pool = new Pool();
  for (const [number, tx] of txs.entries()) {
    const facts = { fee: 1_000 as Amount, spendsCoinbase: false, addedAt: 0 as UnixSeconds };
    pool.add(
      new MempoolEntry({ tx, ...facts, outpoints: outpointsOf(tx), addresses: new Set(), number }),
    );
  }
  return pool;
}

describe('mempool/newcomer', () => {
  it('asks for more than all that goes, and the own way, at a higher rate', () => {
    const first = payGenesis(network, 0);
    const pool = poolOf(first, childOf(network, first));
    const tx = payGenesis(network, 0, 5_000);
    const conflicts = pool.conflictsOf(tx.txid, outpointsOf(tx));
    const sets = { conflicts, replaced: closure(conflicts, 'children') };
    const needed = 2_000 + tx.bytes.length;
    expect(replacementProblem(pool, { tx, fee: needed }, sets)).to.equal(undefined);
    const problem = replacementProblem(pool, { tx, fee: needed - 1 }, sets);
    expect(problem).to.deep.equal({
      ...{ code: 'conflict', others: [first.txid], needed, found: needed - 1 },
    });
  });

  it('has nothing against one that replaces nobody', () => {
    const sets = { conflicts: new Set<MempoolEntry>(), replaced: new Set<MempoolEntry>() };
    const tx = payGenesis(network, 0);
    expect(replacementProblem(poolOf(), { tx, fee: 0 }, sets)).to.equal(undefined);
  });

  it('counts a chain without those that go', () => {
    const chain = [payGenesis(network, 0, 250)];
    while (chain.length < CHAIN_MAX) {
      chain.push(childOf(network, chain.at(-1) ?? expect.fail(), 0, 250));
    }
    const pool = poolOf(...chain);
    const next = childOf(network, chain.at(-1) ?? expect.fail(), 0, 250);
    const problem = { code: 'chain-too-long', count: CHAIN_MAX + 1 };
    expect(chainProblem(pool, next, new Set())).to.deep.equal(problem);
    const beside = childOf(network, chain.at(-2) ?? expect.fail(), 0, 300);
    expect(chainProblem(pool, beside, new Set())).to.deep.equal(problem);
    expect(chainProblem(pool, beside, pool.conflictsOf(beside.txid, outpointsOf(beside)))).to.equal(
      undefined,
    );
  });
});
