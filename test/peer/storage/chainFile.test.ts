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
  type MadeBlock,
  decoded,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  spendGenesis,
} from '../../support/blocks.js';
import { feed, LATE, memoryStore } from '../../support/chains.js';
import { inFolder } from '../../support/folders.js';

const network = makeNetwork();
const tx = spendGenesis(network, 0);
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

interface Imported {
  readonly chain: Chain;
  readonly result: Result<ImportProgress, string>;
  /** What was told last, also where it was refused. */
  readonly progress: ImportProgress | undefined;
}

/** Imports a file into a new chain. Trouble with the file comes with what was told before it. */
function imported(path: string, told?: (chain: Chain, progress: ImportProgress) => void): Imported {
  const file = openChainFile(path);
  const store = memoryStore(file.network);
  const chain = new Chain(file.network, store);
  let progress: ImportProgress | undefined;
  try {
    const steps = importBlocks({ chain, store, now: LATE }, file.blocks);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return { chain, result: step.value, progress };
      progress = step.value;
      told?.(chain, progress);
    }
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

  it('connects and counts all that came before a refused block', () => {
    inFolder((folder) => {
      const path = join(folder, 'bad.cairn');
      const bad = Uint8Array.from(blocks[79]?.bytes ?? []);
      bad[120] = (bad[120] ?? 0) ^ 1;
      const bytes = blocks.map((block) => block.bytes);
      run(writeChainFile(path, network, [...bytes.slice(0, 79), bad, ...bytes.slice(80)]));
      const { chain, result, progress } = imported(path);
      expect(result.ok ? '' : result.error).to.match(
        /^Block 80 of the file is refused: bad-merkle-root: /,
      );
      expect(progress).to.deep.equal({ readCount: 79, newCount: 79 });
      expect(chain.tip.height).to.equal(79);
    });
  });

  it('names the first of several blocks that fail their last checks', () => {
    inFolder((folder) => {
      const path = join(folder, 'bad.cairn');
      const good = nextBlocks(network, genesisOf(network), 20);
      const forged = [1, 2].map((seed) =>
        decoded({ ...tx, signatures: [new Uint8Array(64).fill(seed)] }),
      );
      const [first, second] = forged;
      const at21 = nextBlock(network, good.at(-1) ?? paying, { transactions: [first ?? tx] });
      const at22 = nextBlock(network, at21, { transactions: [second ?? tx] });
      const all = [...good, at21, at22, ...nextBlocks(network, at22, 5)];
      run(
        writeChainFile(
          path,
          network,
          all.map(({ bytes }) => bytes),
        ),
      );
      const { chain, result, progress } = imported(path);
      expect(result.ok ? '' : result.error).to.include(
        'Block 21 of the file is refused: bad-signature: ',
      );
      expect(progress).to.deep.equal({ readCount: 20, newCount: 20 });
      expect(chain.tip.height).to.equal(20);
    });
  });

  it('refuses what stands after the end, and a cut, with all blocks before it connected', () => {
    inFolder((folder) => {
      const path = exported(folder);
      const bytes = readFileSync(path);
      let [height, readCount] = [0, 0];
      const importIt = (): unknown =>
        imported(path, (chain, progress) => {
          height = chain.tip.height;
          readCount = progress.readCount;
        });
      writeFileSync(path, Buffer.concat([bytes, Buffer.from([0])]));
      expect(troubleCode(importIt)).to.equal('chain-file-damaged');
      expect([height, readCount]).to.deep.equal([100, 100]);
      writeFileSync(path, bytes.subarray(0, bytes.indexOf(blocks[89]?.bytes ?? '') + 10));
      expect(troubleCode(importIt)).to.equal('chain-file-damaged');
      expect([height, readCount]).to.deep.equal([89, 89]);
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
      expect(troubleCode(() => run(writeChainFile(nowhere, network, [])))).to.equal('no-folder');
      expect(existsSync(path)).to.equal(false);
    });
  });
});
