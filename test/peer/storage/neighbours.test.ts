import { join } from 'node:path';
import { expect } from 'chai';
import { openStore } from '../../../peer/storage/openStore.js';
import { makeNetwork } from '../../support/blocks.js';
import { inFolder } from '../../support/folders.js';

const network = makeNetwork();

describe('storage/neighbours', () => {
  it('keeps the last good neighbours over a restart, best first', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const first = openStore(path, network);
      expect(first.neighbours.read()).to.deep.equal([]);
      first.neighbours.replace([{ host: '192.0.2.9', port: 6000 }]);
      const addresses = [
        { host: '2001:db8::1', port: 6001 },
        { host: '127.0.0.1', port: 6000 },
      ];
      first.neighbours.replace(addresses);
      first.store.close();
      const second = openStore(path, network);
      expect(second.neighbours.read()).to.deep.equal(addresses);
      second.neighbours.replace([]);
      expect(second.neighbours.read()).to.deep.equal([]);
      second.store.close();
    });
  });
});
