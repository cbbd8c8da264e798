import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { encodeBlock } from '../../../shared/consensus/block.js';
import type { NetworkParams } from '../../../shared/consensus/params.js';
import type { Txid, UnixSeconds } from '../../../shared/units.js';
import {
  ALLOCATION,
  GENESIS_TIME,
  type MadeBlock,
  decoded,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  spendGenesis,
} from '../../support/blocks.js';
import { accept, feed, LATE, memoryStore, settle, storeToDamage } from '../../support/chains.js';
import { expectOk, expectReject } from '../../support/rejects.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const headerOf = ({ bytes }: MadeBlock): Uint8Array => bytes.slice(0, 80);

function newChain(on = network): { chain: Chain; store: ReturnType<typeof memoryStore> } {
  const store = memoryStore(on);
  return { chain: new Chain(on, store), store };
}

describe('chain/chain: headers', () => {
  it('begins with genesis alone, and its allocations as coins', () => {
    const { chain } = newChain();
    expect(chain.tip.hash).to.equal(network.id);
    expect(chain.bestHeader).to.equal(chain.tip);
    expect(chain.block(network.id)).to.deep.equal(Buffer.from(network.genesisBytes));
    const { txid } = genesisCoin(network, 2);
    expect(chain.coin(`${txid}00000002`)?.amount).to.equal(ALLOCATION);
  });

  it('takes a header once, and knows it, its bytes and its parent', () => {
    const { chain } = newChain();
    const block = nextBlock(network, genesis);
    const first = expectOk(chain.acceptHeader(headerOf(block), LATE));
    expect(first.isNew).to.equal(true);
    expect(first.entry.parent).to.equal(chain.tip);
    expect(chain.entry(block.block.hash)).to.equal(first.entry);
    expect(chain.headerBytes(first.entry)).to.deep.equal(headerOf(block));
    expect(chain.bestHeader).to.equal(first.entry);
    expect(expectOk(chain.acceptHeader(headerOf(block), LATE)).isNew).to.equal(false);
    expect(chain.locator(first.entry)).to.deep.equal([block.block.hash, network.id]);
  });

  it('looks at what headers alone change, also after a rest', () => {
    const { chain, store } = newChain();
    const paces: string[] = [];
    const setPace = store.setPace.bind(store);
    store.setPace = (pace) => {
      paces.push(pace);
      setPace(pace);
    };
    settle(chain, store);
    for (const block of nextBlocks(network, genesis, 17)) {
      expectOk(store.atomically(() => chain.acceptHeader(headerOf(block), LATE)));
    }
    settle(chain, store);
    expect(paces).to.deep.equal(['sync']);
  });

  it('refuses one whose parent it does not know, and forgets it', () => {
    const { chain } = newChain();
    const [parent = expect.fail(), child = expect.fail()] = nextBlocks(network, genesis, 2);
    const hash = parent.block.hash;
    expectReject(chain.acceptHeader(headerOf(child), LATE), {
      code: 'unknown-parent',
      parent: hash,
    });
    expectOk(chain.acceptHeader(headerOf(parent), LATE));
    expectOk(chain.acceptHeader(headerOf(child), LATE));
  });

  it('refuses one from too far ahead for now only', () => {
    const { chain } = newChain();
    const time = GENESIS_TIME + 10_000;
    const header = headerOf(nextBlock(network, genesis, { time }));
    const early = chain.acceptHeader(header, GENESIS_TIME);
    expect(early.ok ? undefined : early.error.code).to.equal('time-too-far-ahead');
    expectOk(chain.acceptHeader(header, time as UnixSeconds));
  });

  it('refuses one without proof of work or with other bits', () => {
    const { chain } = newChain();
    const bits = nextBlock(network, genesis, { header: { bits: 0x1f00_ffff as never } });
    const wrongBits = chain.acceptHeader(headerOf(bits), LATE);
    expect(wrongBits.ok ? undefined : wrongBits.error.code).to.equal('bad-bits');
    const header = headerOf(nextBlock(network, genesis));
    for (let nonce = 0; ; nonce++) {
      header[76] = nonce;
      const result = chain.acceptHeader(header, LATE);
      if (result.ok) continue;
      expectReject(result, { code: 'bad-pow' });
      break;
    }
  });
});

describe('chain/chain: eased siblings', () => {
  const lan: Partial<NetworkParams> = {
    powLimit: 0x7f_ffffn << 232n,
    genesisBits: 0x207f_ffff as never,
  };
  const eased = makeNetwork({ ...lan, fixedTarget: false });
  const late = genesis.point.time + eased.params.cap + 1;
  const siblings = Array.from({ length: 9 }, (_, extraNonce) =>
    nextBlock(eased, genesisOf(eased), { time: late, extraNonce }),
  );
  const ninth = siblings[8] ?? expect.fail();
  const refusal = { code: 'too-many-eased-siblings', parent: eased.id } as const;

  it('keeps eight of one parent, and any number of ordinary ones', () => {
    const { chain } = newChain(eased);
    for (const block of siblings.slice(0, 8)) expectOk(chain.acceptHeader(headerOf(block), LATE));
    expectReject(chain.acceptHeader(headerOf(ninth), LATE), refusal);
    const ordinary = nextBlock(eased, genesisOf(eased));
    expectOk(chain.acceptHeader(headerOf(ordinary), LATE));
  });

  it('keeps a ninth that somebody built on, so that no branch is locked out', () => {
    const { chain } = newChain(eased);
    for (const block of siblings.slice(0, 8)) expectOk(chain.acceptHeader(headerOf(block), LATE));
    const child = headerOf(nextBlock(eased, ninth));
    const stranger = headerOf(nextBlock(eased, genesisOf(eased)));
    expectReject(chain.acceptHeader(headerOf(ninth), LATE, stranger), refusal);
    expectOk(chain.acceptHeader(headerOf(ninth), LATE, child));
    expectOk(chain.acceptHeader(child, LATE));
  });
});

describe('chain/chain: bodies', () => {
  const tx = spendGenesis(network, 0);
  const good = nextBlock(network, genesis, { transactions: [tx] });

  it('keeps a whole block without moving, and says whether it is new', () => {
    const { chain } = newChain();
    expect(expectOk(chain.acceptBlock(good.bytes, LATE)).isNew).to.equal(true);
    expect(expectOk(chain.acceptBlock(good.bytes, LATE)).isNew).to.equal(false);
    expect(chain.tip.height).to.equal(0);
    expect(chain.block(good.block.hash)).to.deep.equal(Buffer.from(good.bytes));
  });

  it('takes a body again that the disk lost, and does not call it new', () => {
    const { store, database } = storeToDamage();
    const chain = new Chain(network, store);
    feed(chain, store, [good]);
    database.exec('DELETE FROM bodies WHERE id = 1');
    expect(chain.block(good.block.hash)).to.equal(undefined);
    expect([...chain.lostBodies.keys()]).to.deep.equal([good.block.hash]);
    expect(expectOk(chain.acceptBlock(good.bytes, LATE)).isNew).to.equal(false);
    expect(chain.lostBodies.size).to.equal(0);
    expect(chain.block(good.block.hash)).to.deep.equal(Buffer.from(good.bytes));
  });

  it('forgets a mutated body and takes the right one after it', () => {
    const { chain, store } = newChain();
    const [coinbase = expect.fail()] = good.block.transactions;
    const mutated = [
      encodeBlock({ ...good.block, transactions: [coinbase] }),
      encodeBlock({ ...good.block, transactions: [coinbase, tx, tx] }),
    ];
    for (const bytes of mutated) {
      const result = chain.acceptBlock(bytes, LATE);
      expect(result.ok ? undefined : result.error.code).to.equal('bad-merkle-root');
    }
    const cut = chain.acceptBlock(good.bytes.subarray(0, -1), LATE);
    expect(cut.ok ? undefined : cut.error.code).to.equal('undecodable-block');
    expect(chain.acceptBlock(good.bytes.subarray(0, 79), LATE).ok).to.equal(false);
    expect(chain.entry(good.block.hash)?.hasBody).to.equal(false);
    expect(feed(chain, store, [good]).failures).to.deep.equal([]);
    expect(chain.tip.hash).to.equal(good.block.hash);
  });

  it('remembers a body that breaks a rule and refuses its children, also after a restart', () => {
    const { chain, store } = newChain();
    const bad = nextBlock(network, genesis, { coinbase: tx });
    expectReject(chain.acceptBlock(bad.bytes, LATE), { code: 'no-coinbase' });
    const { hash } = bad.block;
    const child = headerOf(nextBlock(network, bad));
    for (const each of [chain, new Chain(network, store)]) {
      expectReject(each.acceptBlock(bad.bytes, LATE), { code: 'known-invalid', hash });
      expectReject(each.acceptHeader(child, LATE), { code: 'invalid-parent', parent: hash });
      expect(each.bestHeader.hash).to.equal(network.id);
    }
  });

  it('names the missing bodies of a branch from the lowest up, within one window', () => {
    const { chain, store } = newChain();
    const blocks = nextBlocks(network, genesis, 1100);
    for (const block of blocks) expectOk(chain.acceptHeader(headerOf(block), LATE));
    const heights = (max: number): number[] =>
      chain.missingBodies(chain.bestHeader, max).map(({ height }) => height);
    expect(heights(3)).to.deep.equal([1, 2, 3]);
    expect(heights(5000)).to.have.length(1024);
    for (const height of [1, 3]) accept(chain, store, (blocks[height - 1] ?? good).bytes);
    expect(heights(3)).to.deep.equal([2, 4, 5]);
    settle(chain, store);
    expect(heights(5000).at(-1)).to.equal(1025);
  });

  it('misses nothing on the way to an invalid block', () => {
    const { chain } = newChain();
    const bad = nextBlock(network, genesis, { coinbase: tx });
    chain.acceptBlock(bad.bytes, LATE);
    const entry = chain.entry(bad.block.hash) ?? expect.fail();
    expect(chain.missingBodies(entry, 5)).to.deep.equal([]);
  });
});

describe('chain/chain: signatures', () => {
  const forged = ((): MadeBlock => {
    const tx = spendGenesis(network, 0);
    const signatures = tx.signatures.map((bytes) => bytes.map((x, i) => (i === 7 ? x ^ 1 : x)));
    return nextBlock(network, genesis, { transactions: [decoded({ ...tx, signatures })] });
  })();

  it('stores coins late while more is to come, and at once where headers alone are ahead', () => {
    const { chain, store } = newChain();
    const blocks = nextBlocks(network, genesis, 40);
    for (const { bytes } of blocks) expectOk(chain.acceptHeader(bytes.subarray(0, 80), LATE));
    feed(chain, store, blocks.slice(0, 2));
    expect(store.state()?.position).to.equal(network.id);
    chain.expectMore(false);
    settle(chain, store);
    expect(store.state()?.position).to.equal(blocks[1]?.block.hash);
  });

  it('is saturated while it works on many bodies, and not while it waits for one', () => {
    const { chain, store } = newChain();
    const [lowest = expect.fail(), ...others] = nextBlocks(network, genesis, 600);
    for (const { bytes } of [lowest, ...others]) {
      expectOk(chain.acceptHeader(bytes.subarray(0, 80), LATE));
    }
    for (const { bytes } of others) accept(chain, store, bytes);
    expect(chain.isSaturated).to.equal(false);
    accept(chain, store, lowest.bytes);
    expect(chain.isSaturated).to.equal(true);
    settle(chain, store);
    expect([chain.isSaturated, chain.tip.height]).to.deep.equal([false, 600]);
  });

  it('marks a block with a wrong one, and takes another', () => {
    const { chain, store } = newChain();
    const { failures } = feed(chain, store, [forged]);
    const txid = forged.block.transactions[1]?.txid ?? ('' as Txid);
    expect(failures.map(({ reject }) => reject)).to.deep.equal([{ code: 'bad-signature', txid }]);
    const { hash } = forged.block;
    expectReject(chain.acceptBlock(forged.bytes, LATE), { code: 'known-invalid', hash });
    feed(chain, store, [nextBlock(network, genesis, { extraNonce: 1 })]);
    expect(chain.tip.height).to.equal(1);
  });

  it('asks again when a check did not run, and connects nothing before', () => {
    const { chain, store } = newChain();
    const tx = spendGenesis(network, 1);
    accept(chain, store, nextBlock(network, genesis, { transactions: [tx] }).bytes);
    const first = store.atomically(() => chain.advance());
    expect(first.verify.flatMap(({ wtxids }) => wtxids)).to.deep.equal([tx.wtxid]);
    expect(store.atomically(() => chain.advance()).verify).to.deep.equal([]);
    chain.onVerified([{ wtxid: tx.wtxid, outcome: 'not-run' }]);
    const again = store.atomically(() => chain.advance());
    expect(again.verify.flatMap(({ wtxids }) => wtxids)).to.deep.equal([tx.wtxid]);
    expect(chain.tip.height).to.equal(0);
    chain.onVerified([{ wtxid: tx.wtxid, outcome: 'valid' }]);
    const last = store.atomically(() => chain.advance());
    expect(last.events.map(({ type }) => type)).to.deep.equal(['block-connected', 'tip-changed']);
    expect(last.more).to.equal(false);
  });
});
