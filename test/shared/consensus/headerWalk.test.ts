import { expect } from 'chai';
import { confirm, HeaderWalk } from '../../../shared/consensus/headerWalk.js';
import {
  makeNetwork,
  genesisOf,
  nextBlock,
  nextBlocks,
  type MadeBlock,
} from '../../support/blocks.js';

const headersOf = (blocks: readonly MadeBlock[]): Uint8Array[] =>
  blocks.map(({ bytes }) => bytes.subarray(0, 80));

describe('consensus/headerWalk', () => {
  // Its target moves, so that each header's bits follow from the one before.
  const network = makeNetwork({ fixedTarget: false });
  const genesis = genesisOf(network);
  const blocks = nextBlocks(network, genesis, 20, {});
  const headers = headersOf(blocks);
  const hashAt = (height: number) => blocks[height - 1]?.block.hash ?? expect.fail();

  it('finds a block, and says how many are on top', () => {
    const { block } = blocks.at(-1) ?? genesis;
    const tip = { tipHeight: 20, tip: block.hash, tipTime: block.header.time };
    for (const height of [1, 7, 20]) {
      const found = confirm(network, hashAt(height), headers);
      expect(found).to.deep.equal({ ok: true, value: { height, ...tip } });
    }
    const atGenesis = confirm(network, network.id, []);
    expect(atGenesis.ok && atGenesis.value).to.include({ height: 0, tipHeight: 0 });
  });

  it('says when a block is not among them', () => {
    const result = confirm(network, hashAt(20), headers.slice(0, 19));
    expect(result.ok || result.error).to.deep.equal({ type: 'not-on-chain', tipHeight: 19 });
  });

  /** Which rule the header in place of the 11th breaks. */
  function codeOf(eleventh: MadeBlock | undefined): string {
    const changed = [
      ...headers.slice(0, 10),
      ...headersOf(eleventh === undefined ? [] : [eleventh]),
    ];
    const result = confirm(network, hashAt(3), [...changed, ...headers.slice(11)]);
    if (result.ok || result.error.type !== 'bad-header') return 'none';
    expect(result.error.height).to.equal(11);
    return result.error.reject.code;
  }

  it('checks link, version, bits, time and proof of work of each', () => {
    const parent = blocks[9] ?? expect.fail();
    const { bits, time } = (blocks[10] ?? expect.fail()).block.header;
    const header = (change: object): MadeBlock => nextBlock(network, parent, { header: change });
    expect(codeOf(undefined)).to.equal('unknown-parent');
    expect(codeOf(blocks[4])).to.equal('unknown-parent');
    expect(codeOf(header({ version: 2 }))).to.equal('bad-version');
    expect(codeOf(header({ bits: bits - 1 }))).to.equal('bad-bits');
    expect(codeOf(header({ time: parent.point.time - 1 }))).to.equal('time-before-parent');
    const other = makeNetwork({ fixedTarget: false, name: 'other' });
    expect(codeOf(nextBlock(other, genesisOf(other)))).to.equal('unknown-parent');
    let lazy = header({ time });
    for (let nonce = 0; codeOf(lazy) !== 'bad-pow'; nonce++) {
      expect(nonce).to.be.below(100);
      const bytes = lazy.bytes.slice();
      bytes[76] = nonce;
      lazy = { ...lazy, bytes };
    }
  });

  it('stands where it was after a refusal', () => {
    const walk = new HeaderWalk(network);
    expect(walk).to.include({ height: 0, hash: network.id, time: network.params.time });
    expect(walk.take(headers[1] ?? expect.fail()).ok).to.equal(false);
    expect(walk.take(headers[0] ?? expect.fail()).ok).to.equal(true);
    expect(walk).to.include({ height: 1, hash: hashAt(1) });
  });
});
