import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { readJsonFile, writeJsonFile } from '../../../shared/io/jsonFile.js';
import { temporaryFolders } from '../../support/folders.js';
import { expectTrouble, troubleOf } from '../../support/troubles.js';

describe('io/jsonFile', () => {
  const folder = temporaryFolders();

  it('reads back what it wrote, and replaces it', () => {
    const path = join(folder(), 'file.json');
    expect(readJsonFile(path)).to.equal(undefined);
    for (const value of [{ a: [1, null] }, 'text', {}]) {
      writeJsonFile(path, value);
      expect(readJsonFile(path)).to.deep.equal(value);
    }
    expect(readFileSync(path, 'utf8')).to.equal('{}\n');
  });

  it('leaves the old file and no draft when it cannot write', () => {
    const home = folder();
    const path = join(home, 'file.json');
    mkdirSync(path); // a folder in its place: the rename fails
    expect(() => {
      writeJsonFile(path, 1);
    }).to.throw();
    expect(readdirSync(home)).to.deep.equal(['file.json']);
  });

  it('refuses what is not JSON', async () => {
    const path = join(folder(), 'file.json');
    writeFileSync(path, '{"a":');
    expectTrouble(await troubleOf(() => readJsonFile(path)), 'file-damaged', path);
  });
});
