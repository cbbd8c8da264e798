import { expect } from 'chai';
import { answersTo, Signatures } from '../../../peer/chain/signatures.js';
import type { SignatureBatch, VerifyOutcome } from '../../../peer/types.js';
import { signatureChecks } from '../../../shared/consensus/checkTransaction.js';
import type { Wtxid } from '../../../shared/units.js';
import { decoded, genesisOf, makeNetwork, nextBlock, spendGenesis } from '../../support/blocks.js';
import { grow, newTree } from '../../support/trees.js';

const network = makeNetwork();
const txs = [0, 1, 2].map((i) => spendGenesis(network, i));
const [first = expect.fail(), second = expect.fail(), third = expect.fail()] = txs;
const blockWith = (...transactions: typeof txs): ReturnType<typeof nextBlock>['block'] =>
  nextBlock(network, genesisOf(network), { transactions }).block;

const tree = newTree();
const [a, b] = [grow(tree, tree.genesis), grow(tree, tree.genesis)];

const results = (
  outcome: VerifyOutcome,
  ...wtxids: readonly Wtxid[]
): { wtxid: Wtxid; outcome: VerifyOutcome }[] => wtxids.map((wtxid) => ({ wtxid, outcome }));
const asked = (batches: readonly SignatureBatch[]): Wtxid[] => batches.flatMap((x) => x.wtxids);

describe('chain/signatures', () => {
  it('asks about each transaction with keys once, packed as a worker reads it', () => {
    const signatures = new Signatures();
    signatures.ask(a, blockWith(first, second));
    const [batch, ...more] = signatures.takeBatches();
    expect(more).to.deep.equal([]);
    expect(batch?.wtxids).to.deep.equal([first.wtxid, second.wtxid]);
    expect(batch?.owners).to.deep.equal(Uint32Array.of(0, 1));
    expect(batch?.checks.subarray(128)).to.deep.equal(signatureChecks([second]));
    expect(signatures.takeBatches()).to.deep.equal([]);
  });

  it('calls a block verified once every answer is there, in any order and twice', () => {
    const signatures = new Signatures();
    signatures.ask(a, blockWith(first, second));
    const none = { verified: [], broken: [] };
    expect(signatures.onVerified(results('valid', second.wtxid))).to.deep.equal(none);
    expect(signatures.onVerified(results('valid', second.wtxid))).to.deep.equal(none);
    expect(signatures.isAsked(a)).to.equal(true);
    const { verified } = signatures.onVerified(results('valid', first.wtxid));
    expect(verified).to.deep.equal([a]);
    expect(signatures.isAsked(a)).to.equal(false);
  });

  it('names the transaction that breaks a block, and every block that holds it', () => {
    const signatures = new Signatures();
    signatures.ask(a, blockWith(first, second));
    signatures.ask(b, blockWith(second, third));
    expect(asked(signatures.takeBatches())).to.have.members(txs.map(({ wtxid }) => wtxid));
    const { verified, broken } = signatures.onVerified([
      ...results('invalid', second.wtxid),
      ...results('valid', first.wtxid, third.wtxid),
    ]);
    expect(verified).to.deep.equal([]);
    expect(broken).to.deep.equal([
      { entry: a, txid: second.txid },
      { entry: b, txid: second.txid },
    ]);
  });

  it('takes a check that did not run as never asked, and asks only that one again', () => {
    const signatures = new Signatures();
    signatures.ask(a, blockWith(first, second));
    signatures.takeBatches();
    const { verified, broken } = signatures.onVerified(results('not-run', first.wtxid));
    expect([verified, broken]).to.deep.equal([[], []]);
    expect(signatures.isAsked(a)).to.equal(false);
    signatures.ask(a, blockWith(first, second));
    expect(asked(signatures.takeBatches())).to.deep.equal([first.wtxid]);
    const last = signatures.onVerified(results('valid', first.wtxid, second.wtxid));
    expect(last.verified).to.deep.equal([a]);
  });

  it('ignores answers that nobody waits for', () => {
    const signatures = new Signatures();
    const strange = results('invalid', 'ff'.repeat(32) as Wtxid);
    expect(signatures.onVerified(strange)).to.deep.equal({ verified: [], broken: [] });
  });

  it('cuts a large block into batches, and has no room while 4,096 checks are under way', () => {
    const signatures = new Signatures();
    const many = Array.from({ length: 4096 }, (_, n) =>
      decoded({ ...first, memo: Uint8Array.of(n & 255, n >> 8) }),
    );
    expect(signatures.hasRoom).to.equal(true);
    signatures.ask(a, { ...blockWith(), transactions: many });
    expect(signatures.hasRoom).to.equal(false);
    const batches = signatures.takeBatches();
    expect(batches.map(({ owners }) => owners.length)).to.deep.equal(new Array(32).fill(128));
    signatures.onVerified(results('valid', ...asked(batches).slice(0, 1)));
    expect(signatures.hasRoom).to.equal(true);
  });

  it('answers a batch by itself: wrong where one signature of a transaction is', () => {
    const signatures = new Signatures();
    const forged = decoded({ ...second, signatures: first.signatures });
    signatures.ask(a, blockWith(first, forged, third));
    const answers = signatures.takeBatches().flatMap((x) => answersTo(network.idBytes, x));
    expect(answers).to.deep.equal([
      ...results('valid', first.wtxid),
      ...results('invalid', forged.wtxid),
      ...results('valid', third.wtxid),
    ]);
  });

  it('asks nothing about a transaction that was right before, in a block or alone', () => {
    const signatures = new Signatures();
    expect(signatures.areRight(blockWith())).to.equal(true);
    expect(signatures.areRight(blockWith(first))).to.equal(false);
    signatures.askAlone(first);
    signatures.askAlone(first);
    expect(asked(signatures.takeBatches())).to.deep.equal([first.wtxid]);
    signatures.ask(a, blockWith(first, second));
    expect(asked(signatures.takeBatches())).to.deep.equal([second.wtxid]);
    signatures.onVerified(results('valid', first.wtxid));
    const { verified } = signatures.onVerified(results('valid', second.wtxid));
    expect(verified).to.deep.equal([a]);
    expect(signatures.areRight(blockWith(first, second))).to.equal(true);
  });

  it('remembers nothing of answers that say no, or that nobody asked for', () => {
    const signatures = new Signatures();
    signatures.onVerified(results('valid', first.wtxid));
    signatures.askAlone(second);
    signatures.onVerified(results('invalid', second.wtxid));
    signatures.askAlone(third);
    signatures.onVerified(results('not-run', third.wtxid));
    for (const tx of txs) expect(signatures.isRight(tx)).to.equal(false);
  });

  it('has room for transactions alone below 1,024 checks', () => {
    const signatures = new Signatures();
    for (let n = 0; n < 1024; n++) {
      expect(signatures.hasRoomAlone).to.equal(true);
      signatures.askAlone(decoded({ ...first, memo: Uint8Array.of(n & 255, n >> 8) }));
    }
    expect(signatures.hasRoomAlone).to.equal(false);
    expect(signatures.hasRoom).to.equal(true);
  });
});
