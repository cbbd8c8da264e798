import { expect } from 'chai';
import { sha256 } from '#crypto';
import { concatBytes, hashBytes, utf8 } from '../../../shared/bytes.js';
import { decodeBlock } from '../../../shared/consensus/block.js';
import { networkOf } from '../../../shared/consensus/genesis.js';
import { encodeParams, type NetworkParams } from '../../../shared/consensus/params.js';
import { workOf } from '../../../shared/consensus/work.js';
import type { Amount, Bits, UnixSeconds } from '../../../shared/units.js';
import { makeNetwork, owner, pay } from '../../support/blocks.js';
import { expectOk } from '../../support/rejects.js';

describe('consensus/genesis', () => {
  it('derives a block that decodes to itself, and whose hash is the id', () => {
    const network = makeNetwork();
    const block = expectOk(decodeBlock(network.genesisBytes));
    expect(block).to.deep.equal(network.genesis);
    expect(block.hash).to.equal(network.id);
    expect(network.idBytes).to.deep.equal(hashBytes(network.id));
    expect(network.paramsBytes).to.deep.equal(encodeParams(network.params));
  });

  it('commits to the parameters in the memo and to the allocations in the outputs', () => {
    const { genesis, params, paramsBytes } = makeNetwork();
    const [coinbase] = genesis.transactions;
    const tagged = concatBytes(utf8('cairn/genesis/1\0'), paramsBytes.subarray(0, 115));
    expect(coinbase?.memo).to.deep.equal(sha256(tagged));
    expect(coinbase?.outputs).to.deep.equal(params.allocations);
    expect(genesis.transactions).to.have.length(1);
    expect(genesis.header).to.include({ version: 1, previous: '0'.repeat(64), nonce: 0 });
  });

  it('gives another id for any other parameter', () => {
    const changes: Partial<NetworkParams>[] = [
      { salt: new Uint8Array(16).fill(1) },
      { name: 'other' },
      { prefix: 'other' },
      { time: 1 as UnixSeconds },
      { targetInterval: 11 },
      { halfLife: 241 },
      { cap: 481 },
      { futureLimit: 121 },
      { powLimit: 1n << 241n },
      { genesisBits: 0x1f00ffff as Bits },
      { fixedTarget: true },
      { subsidy: 1 as Amount },
      { halvingInterval: 1 },
      { maturity: 21 },
      { blockBytesMax: 999_999 },
      { allocations: [] },
      { allocations: [pay(owner(0), 1)] },
      { allocations: [pay(owner(1), 1)] },
    ];
    const ids = changes.map((change) => makeNetwork(change, 'lan').id);
    ids.push(makeNetwork({}, 'lan').id);
    expect(new Set(ids).size).to.equal(changes.length + 1);
  });

  it('needs no proof of work, and may pay nobody', () => {
    const { genesis, params } = makeNetwork(
      { allocations: [], genesisBits: 0x1d00ffff as Bits },
      'lan',
    );
    expect(genesis.transactions[0]?.outputs).to.have.length(0);
    expect(workOf(params.powLimit)).to.equal(65_535n);
  });

  it('refuses parameters that were not checked', () => {
    const { params } = makeNetwork();
    expect(() => networkOf({ ...params, halfLife: 0 })).to.throw('checked before');
  });
});
