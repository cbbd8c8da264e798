import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '../../../shared/bytes.js';
import { decodeBlock } from '../../../shared/consensus/block.js';
import { networkOf } from '../../../shared/consensus/genesis.js';
import { verifyInclusion } from '../../../shared/consensus/merkle.js';
import { decodeParams } from '../../../shared/consensus/params.js';
import { decodeTransaction } from '../../../shared/consensus/transaction.js';
import { consensusExamples } from '../../support/consensusExamples.js';
import { projectRoot } from '../../support/paths.js';
import { expectOk } from '../../support/rejects.js';

interface Golden {
  readonly params: { readonly bytes: string };
  readonly genesis: { readonly bytes: string; readonly networkId: string };
  readonly transaction: { readonly bytes: string; readonly txid: string; readonly wtxid: string };
  readonly block: { readonly bytes: string; readonly hash: string };
  readonly proof: {
    readonly leafHash: string;
    readonly index: number;
    readonly treeSize: number;
    readonly proof: readonly string[];
    readonly root: string;
  };
}

const file = join(projectRoot, 'test', 'vectors', 'consensus.json');
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? expect.fail(`not hex: ${hex}`);

describe('consensus/golden bytes', () => {
  it('writes every object as always: a change here asks for new rules', () => {
    expect(consensusExamples()).to.deep.equal(golden);
  });

  it('reads what was always written', () => {
    const network = networkOf(expectOk(decodeParams(bytes(golden.params.bytes))));
    expect(network.id).to.equal(golden.genesis.networkId);
    expect(network.genesisBytes).to.deep.equal(bytes(golden.genesis.bytes));
    const tx = expectOk(decodeTransaction(bytes(golden.transaction.bytes)));
    expect(tx).to.include({ txid: golden.transaction.txid, wtxid: golden.transaction.wtxid });
    const block = expectOk(decodeBlock(bytes(golden.block.bytes)));
    expect(block.hash).to.equal(golden.block.hash);
    const { leafHash, proof, root, index, treeSize } = golden.proof;
    const path = { leafHash: bytes(leafHash), proof: proof.map(bytes), root: bytes(root) };
    expect(verifyInclusion({ ...path, index, treeSize })).to.equal(true);
  });
});
