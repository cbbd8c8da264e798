import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSource } from '../../../shared/io/fileSource.js';
import { temporaryFolders } from '../../support/folders.js';
import { expectTrouble } from '../../support/troubles.js';

describe('io/fileSource', () => {
  const newFolder = temporaryFolders();
  /** A file in which each byte follows from its place. */
  function fileOf(length: number): { readonly path: string; readonly bytes: Uint8Array } {
    const path = join(newFolder(), 'file');
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255);
    writeFileSync(path, bytes);
    return { path, bytes };
  }

  it('gives all bytes in pieces of any size, and none after the last', () => {
    const { path, bytes } = fileOf(700_000);
    const source = new FileSource(path);
    const sizes = [1, 80, 65_536, 3, 200_000, 65_535, 0, 131_072];
    let at = 0;
    for (const size of sizes) {
      expect(source.take(size)).to.deep.equal(bytes.slice(at, at + size));
      at += size;
    }
    const rest = bytes.length - at;
    expect(source.take(rest + 1)).to.equal(undefined);
    expect(source.take(rest)).to.deep.equal(bytes.slice(at));
    expect(source.take(1)).to.equal(undefined);
    source.close();
    source.close();
  });

  it('gives pieces that the next one does not change', () => {
    const { path, bytes } = fileOf(200_000);
    const source = new FileSource(path);
    const first = source.take(100);
    while (source.take(1_000) !== undefined);
    expect(first).to.deep.equal(bytes.slice(0, 100));
    source.close();
  });

  it('takes no memory for bytes that are not there', () => {
    const { path } = fileOf(1_000);
    const source = new FileSource(path);
    const before = process.memoryUsage().arrayBuffers;
    expect(source.take(2 ** 31)).to.equal(undefined);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(10_000_000);
    source.close();
  });

  it('says what is the matter with a path', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'folder'));
    const troubleAt = (name: string): unknown => {
      try {
        new FileSource(join(folder, name)).take(1);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expectTrouble(troubleAt('none'), 'unreadable', 'There is no file');
    expectTrouble(troubleAt('folder'), 'unreadable', 'it is a folder');
  });
});
