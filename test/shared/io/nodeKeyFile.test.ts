import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { toHex } from '../../../shared/bytes.js';
import { loadNodeKey } from '../../../shared/io/nodeKeyFile.js';
import { systemEntropy } from '../../../shared/io/systemEntropy.js';
import { temporaryFolders } from '../../support/folders.js';
import { expectTrouble, troubleOf } from '../../support/troubles.js';

describe('io/nodeKeyFile', () => {
  const folder = temporaryFolders();

  it('draws a key once and finds it again', () => {
    const path = join(folder(), 'node.key');
    const seed = loadNodeKey(path, systemEntropy);
    expect(seed.length).to.equal(32);
    expect(loadNodeKey(path, systemEntropy)).to.deep.equal(seed);
    expect(loadNodeKey(join(folder(), 'node.key'), systemEntropy)).not.to.deep.equal(seed);
  });

  it('lets only its owner read it, and leaves no draft behind', function () {
    const home = folder();
    loadNodeKey(join(home, 'node.key'), systemEntropy);
    if (process.platform !== 'win32') {
      expect(statSync(join(home, 'node.key')).mode & 0o777).to.equal(0o600);
    }
    expect(readdirSync(home)).to.deep.equal(['node.key']);
  });

  it('refuses a damaged file, whatever is damaged, and leaves it as it is', async () => {
    const path = join(folder(), 'node.key');
    const seed = toHex(loadNodeKey(path, systemEntropy));
    const good = readFileSync(path, 'utf8');
    const flipped = good.replace(seed, `${seed.startsWith('0') ? '1' : '0'}${seed.slice(1)}`);
    const later = good.replace('-1 ', '-2 ');
    for (const damaged of ['', good.slice(0, -10), `${good}x`, flipped, later, '\0'.repeat(90)]) {
      writeFileSync(path, damaged);
      const trouble = await troubleOf(() => loadNodeKey(path, systemEntropy));
      expectTrouble(trouble, 'node-key-damaged', path);
      expect(readFileSync(path, 'utf8')).to.equal(damaged);
    }
  });
});
