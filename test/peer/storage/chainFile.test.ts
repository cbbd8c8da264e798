import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { activeBlocks, openChainFile, writeChainFile } from '../../../peer/storage/chainFile.js';
import { importBlocks, type ImportProgress } from '../../../peer/storage/importChain.js';
import { openStore } from '../../../peer/storage/openStore.js';
import { openSnapshot } from '../../../peer/storage/snapshot.js';
import { Trouble } from '../../../shared/io/trouble.js';
import type { Result } from '../../../shared/result.js';
import {
  ALLOCATION,
  decoded,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../../support/blocks.js';
import { feed, LATE, memoryStore } from '../../support/chains.js';
import { inFolder } from '../../support/folders.js';

const network = makeNetwork();
const tx = spend(network, {
  coins: [genesisCoin(network, 0)],
  outputs: [pay(owner(5), ALLOCATION)],
});
const paying = nextBlock(network, genesisOf(network), { transactions: [tx] });
const blocks: MadeBlock[] = [paying, ...nextBlocks(network, paying, 99)];
const side = nextBlocks(network, paying, 3, { extraNonce: 1 });

/** The return value of a generator. */
function run<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** A file with the active chain of a database that also has a branch. */
function exported(folder: string): string {
  const database = join(folder, 'chain.sqlite');
  const { store } = openStore(database, network);
  feed(new Chain(network, store), store, [...blocks, ...side]);
  const snapshot = openSnapshot(database);
  const path = join(folder, 'lan.cairn');
  const { count, blocks: active } = activeBlocks(snapshot);
  expect(count).to.equal(100);
  expect(run(writeChainFile(path, snapshot.network, active))).to.equal(100);
  snapshot.close();
  store.close();
  return path;
}

/** Imports a file into a new chain. */
function imported(path: string): { chain: Chain; result: Result<ImportProgress, string> } {
  const file = openChainFile(path);
  const store = memoryStore(file.network);
  const chain = new Chain(file.network, store);
  try {
    return { chain, result: run(importBlocks({ chain, store, now: LATE }, file.blocks)) };
  } finally {
    file.close();
  }
}

const troubleCode = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof Trouble ? error.code : String(error);
  }
  return 'none';
};

describe('storage/chainFile', () => {
  it('carries a chain from one database to another', () => {
    inFolder((folder) => {
      const { chain, result } = imported(exported(folder));
      expect(result).to.deep.equal({ ok: true, value: { readCount: 100, newCount: 100 } });
      expect(chain.network.id).to.equal(network.id);
      expect(chain.tip.hash).to.equal(blocks.at(-1)?.block.hash);
    });
  });

  it('counts what was known before', () => {
    inFolder((folder) => {
      const file = openChainFile(exported(folder));
      const store = memoryStore(network);
      const chain = new Chain(network, store);
      feed(chain, store, blocks.slice(0, 30));
      const result = run(importBlocks({ chain, store, now: LATE }, file.blocks));
      expect(result).to.deep.equal({ ok: true, value: { readCount: 100, newCount: 70 } });
      file.close();
    });
  });

  it('refuses a file with a wrong byte at the block that it is in, and keeps those before', () => {
    inFolder((folder) => {
      const path = exported(folder);
      const bytes = readFileSync(path);
      const at = bytes.indexOf(blocks[49]?.bytes ?? expect.fail()) + 120;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      const { chain, result } = imported(path);
      expect(result.ok ? '' : result.error).to.match(/^Block 50 of the file is refused: /);
      expect(chain.entry(blocks[48]?.block.hash ?? network.id)?.hasBody).to.equal(true);
    });
  });

  it('refuses a block that fails its last checks', () => {
    inFolder((folder) => {
      const path = join(folder, 'bad.cairn');
      const forged = decoded({ ...tx, signatures: [new Uint8Array(64)] });
      const bad = nextBlock(network, genesisOf(network), { transactions: [forged] });
      run(writeChainFile(path, network, [bad.bytes]));
      const { result } = imported(path);
      expect(result.ok ? '' : result.error).to.include('Block 1 of the file is refused: bad-sign');
    });
  });

  it('says where a file is cut off, and what is no chain at all', () => {
    inFolder((folder) => {
      const path = exported(folder);
      const bytes = readFileSync(path);
      const cut = join(folder, 'cut.cairn');
      for (const length of [0, 10, 15, 100, bytes.length - 1]) {
        writeFileSync(cut, bytes.subarray(0, length));
        expect(troubleCode(() => imported(cut))).to.equal('chain-file-damaged');
      }
      writeFileSync(cut, Buffer.concat([Buffer.from('hello, world, how are you?')]));
      expect(troubleCode(() => imported(cut))).to.equal('not-a-chain-file');
      const otherEnd = Buffer.from(bytes);
      otherEnd[bytes.length - 1] = 7;
      writeFileSync(cut, otherEnd);
      expect(troubleCode(() => imported(cut))).to.equal('chain-file-damaged');
      const bomb = Buffer.concat([bytes.subarray(0, 14), Buffer.alloc(4, 0xff)]);
      writeFileSync(cut, bomb);
      expect(troubleCode(() => imported(cut))).to.equal('chain-file-damaged');
      expect(troubleCode(() => imported(join(folder, 'none')))).to.equal('unreadable');
    });
  });

  it('leaves no half of a file when it is stopped or fails', () => {
    inFolder((folder) => {
      const path = join(folder, 'half.cairn');
      const steps = writeChainFile(path, network, [paying.bytes, paying.bytes]);
      steps.next();
      expect(readdirSync(folder)).to.have.length(1);
      steps.return(0);
      expect(readdirSync(folder)).to.deep.equal([]);
      const nowhere = join(folder, 'none', 'x.cairn');
      expect(() => run(writeChainFile(nowhere, network, []))).to.throw();
      expect(existsSync(path)).to.equal(false);
    });
  });
});
