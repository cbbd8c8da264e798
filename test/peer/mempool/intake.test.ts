import { expect } from 'chai';
import { Signatures, answersTo } from '../../../peer/chain/signatures.js';
import { Intake, OWN_MAX, type Origin } from '../../../peer/mempool/intake.js';
import type { MempoolOptions } from '../../../peer/mempool/mempool.js';
import { ORPHAN_MS } from '../../../peer/mempool/orphans.js';
import type { VerifyOutcome } from '../../../peer/types.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { MonoMs, PeerId, UnixSeconds } from '../../../shared/units.js';
import { decoded, makeNetwork } from '../../support/blocks.js';
import { childOf, emptyMempool, payGenesis } from '../../support/mempools.js';

const network = makeNetwork();
const context = { height: 10, now: 1_800_000_000 as UnixSeconds };
const byPeer = (peer: number): Origin => ({ type: 'peer', peer: peer as PeerId });
const byCommand = (index = 0): Origin => ({ type: 'command', id: 1, index });
const forged = (tx: DecodedTransaction): DecodedTransaction =>
  decoded({ ...tx, signatures: tx.signatures.map(() => new Uint8Array(64)) });

/** An intake with what is around it; signatures are checked when told. */
class Scene {
  readonly signatures = new Signatures();
  readonly chain = { signatures: this.signatures, isMoving: false };
  readonly mempool;
  readonly intake;
  /** Signature checks asked for so far. */
  asked = 0;
  ms = 0;

  constructor(options: Partial<MempoolOptions> = {}) {
    this.mempool = emptyMempool(network, options);
    this.intake = new Intake({ chain: this.chain, mempool: this.mempool });
  }

  settle(): string[] {
    this.intake.settle(context, this.ms as MonoMs);
    return this.intake.takeOutcomes().map(({ reject }) => reject?.code ?? 'waits');
  }

  /** Answers all questions about signatures; `instead`: not as they are. */
  answer(instead?: VerifyOutcome): void {
    for (const batch of this.signatures.takeBatches()) {
      this.asked += batch.owners.length;
      const answers = answersTo(network.idBytes, batch);
      const results = answers.map(({ wtxid, outcome }) => ({ wtxid, outcome: instead ?? outcome }));
      this.signatures.onVerified(results);
      this.intake.onVerified(results);
    }
  }

  /** Until nothing more follows. */
  rest(): string[] {
    const outcomes: string[] = [];
    do {
      outcomes.push(...this.settle());
      this.answer();
    } while (this.intake.hasMore);
    return [...outcomes, ...this.settle()];
  }

  put(...txs: readonly DecodedTransaction[]): this {
    for (const [i, tx] of txs.entries()) this.intake.put(tx, byCommand(i));
    return this;
  }
}

describe('mempool/intake', () => {
  it('takes one in once its signatures are right', () => {
    const scene = new Scene();
    const tx = payGenesis(network, 0);
    scene.put(tx);
    expect(scene.settle()).to.deep.equal([]);
    expect([scene.mempool.count, scene.intake.has(tx.wtxid)]).to.deep.equal([0, true]);
    scene.answer();
    expect(scene.settle()).to.deep.equal(['waits']);
    expect([scene.mempool.count, scene.intake.count]).to.deep.equal([1, 0]);
  });

  it('asks no signature of what fails in form, fee or coins', () => {
    const scene = new Scene();
    const good = payGenesis(network, 0);
    const unordered = decoded({
      ...good,
      keys: [...good.keys, ...good.keys],
      signatures: [...good.signatures, ...good.signatures],
    });
    const stranger = childOf(network, payGenesis(network, 1));
    scene.put(forged(unordered), forged(payGenesis(network, 2, 1)), forged(stranger));
    expect(scene.rest()).to.deep.equal(['keys-not-ascending', 'fee-too-low', 'missing-coin']);
    expect(scene.asked).to.equal(0);
  });

  it('refuses a broken signature, and takes the same payment with the right one', () => {
    const scene = new Scene();
    const good = payGenesis(network, 0);
    const bad = forged(good);
    expect(bad.txid).to.equal(good.txid);
    scene.intake.put(bad, byPeer(1));
    scene.intake.put(good, byPeer(2));
    expect(scene.rest()).to.have.members(['bad-signature', 'waits']);
    expect(scene.mempool.get(good.txid)?.tx.wtxid).to.equal(good.wtxid);
    expect(scene.intake.has(bad.wtxid)).to.equal(true);
    scene.intake.onTip();
    expect(scene.intake.has(bad.wtxid)).to.equal(false);
  });

  it('asks again when a thread died, for that says nothing', () => {
    const scene = new Scene();
    scene.put(payGenesis(network, 0));
    scene.settle();
    scene.answer('not-run');
    expect(scene.settle()).to.deep.equal([]);
    scene.answer();
    expect(scene.settle()).to.deep.equal(['waits']);
  });

  it('lets a child wait for a parent whose signatures are under way', () => {
    const scene = new Scene();
    const parent = payGenesis(network, 0);
    const child = childOf(network, parent);
    scene.put(parent, child, childOf(network, child));
    expect(scene.settle()).to.deep.equal([]);
    expect([scene.intake.count, scene.intake.orphanCount]).to.deep.equal([3, 0]);
    expect(scene.rest()).to.deep.equal(['waits', 'waits', 'waits']);
  });

  it('refuses the child of the operator when the parent is refused', () => {
    const scene = new Scene();
    const parent = forged(payGenesis(network, 0));
    scene.put(parent, childOf(network, parent));
    expect(scene.rest()).to.deep.equal(['bad-signature', 'missing-coin']);
  });

  it('keeps a family of a peer when its first is refused, and takes it with the right one', () => {
    const scene = new Scene();
    const parent = payGenesis(network, 0);
    const child = childOf(network, parent);
    for (const tx of [forged(parent), child, childOf(network, child)]) {
      scene.intake.put(tx, byPeer(1));
    }
    expect(scene.rest()).to.deep.equal(['bad-signature']);
    expect([scene.intake.count, scene.intake.orphanCount]).to.deep.equal([2, 2]);
    scene.intake.put(parent, byPeer(2));
    expect(scene.rest()).to.deep.equal(['waits', 'waits', 'waits']);
  });

  it('keeps a child of a peer until its parent comes from anybody, for a minute', () => {
    const scene = new Scene();
    const [first, second] = [payGenesis(network, 0), payGenesis(network, 1)];
    const [one, two] = [childOf(network, first), childOf(network, second)];
    scene.intake.put(one, byPeer(1));
    scene.intake.put(two, byPeer(1));
    expect(scene.rest()).to.deep.equal([]);
    expect(scene.intake.orphanCount).to.equal(2);
    scene.put(first);
    expect(scene.rest()).to.deep.equal(['waits', 'waits']);
    expect(scene.intake.nextWake()).to.equal(ORPHAN_MS);
    scene.ms = ORPHAN_MS;
    scene.settle();
    expect(scene.intake.orphanCount).to.equal(0);
  });

  it('counts orphans apart: they wait for others', () => {
    const scene = new Scene();
    const parent = payGenesis(network, 0);
    scene.intake.put(childOf(network, parent), byPeer(1));
    scene.rest();
    scene.intake.put(payGenesis(network, 1), byPeer(1));
    expect([scene.intake.count, scene.intake.busyCount]).to.deep.equal([2, 1]);
  });

  it('forgets the orphans of a peer that is gone', () => {
    const scene = new Scene();
    scene.intake.put(childOf(network, payGenesis(network, 0)), byPeer(1));
    scene.rest();
    scene.intake.onGone(1 as PeerId);
    expect(scene.intake.count).to.equal(0);
  });

  it('looks at nothing inside a reorganisation', () => {
    const scene = new Scene();
    scene.chain.isMoving = true;
    scene.put(payGenesis(network, 0));
    expect([scene.rest(), scene.intake.hasMore]).to.deep.equal([[], false]);
    scene.chain.isMoving = false;
    expect(scene.rest()).to.deep.equal(['waits']);
  });

  it('answers each who gave the same one, and asks its signature once', () => {
    const scene = new Scene();
    const tx = payGenesis(network, 0);
    scene.intake.put(tx, byPeer(1));
    scene.put(tx);
    expect(scene.rest()).to.deep.equal(['waits', 'already-waiting']);
    expect(scene.asked).to.equal(1);
  });

  it('counts what the operator may still submit', () => {
    const scene = new Scene();
    scene.put(payGenesis(network, 0), payGenesis(network, 1));
    scene.intake.put(payGenesis(network, 2), byPeer(1));
    expect(scene.intake.ownRoom).to.equal(OWN_MAX - 2);
    scene.rest();
    expect(scene.intake.ownRoom).to.equal(OWN_MAX);
  });

  it('looks at 200 in one step', () => {
    const scene = new Scene();
    const cheap = payGenesis(network, 0, 1);
    scene.put(...Array.from({ length: 450 }, () => cheap));
    expect([scene.settle(), scene.settle(), scene.settle()].map((o) => o.length)).to.deep.equal([
      200, 200, 50,
    ]);
  });

  it('takes in again what was kept, whatever the order, with its age; not what is wrong', () => {
    const scene = new Scene();
    const parent = payGenesis(network, 0);
    const child = childOf(network, parent);
    const txs = [childOf(network, child), child, parent, forged(payGenesis(network, 1))];
    const kept = txs.map(({ bytes }, number) => ({ number, bytes, addedAt: 7 as UnixSeconds }));
    scene.intake.restore([...kept, { number: 9, bytes: new Uint8Array(3), addedAt: context.now }]);
    expect(scene.intake.hasMore).to.equal(true);
    scene.rest();
    expect([scene.mempool.count, scene.intake.hasMore]).to.deep.equal([3, false]);
    const entry = scene.mempool.get(child.txid);
    expect([entry?.number, entry?.addedAt]).to.deep.equal([1, 7]);
  });
});
