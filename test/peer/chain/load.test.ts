import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { openTree, standingOf } from '../../../peer/chain/load.js';
import { StoreDamage } from '../../../peer/chain/store.js';
import { openStore } from '../../../peer/storage/openStore.js';
import {
  type MadeBlock,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  spendGenesis,
} from '../../support/blocks.js';
import { feed, settle } from '../../support/chains.js';
import { inFolder } from '../../support/folders.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const tx = spendGenesis(network, 0);
const paying = nextBlock(network, genesis, { transactions: [tx] });
/** Ten blocks of the active chain, then a shorter branch. Ids are those of arrival. */
const active: MadeBlock[] = [paying, ...nextBlocks(network, paying, 9)];
const side = nextBlocks(network, paying, 2, { extraNonce: 3 });

/** Builds a file, does `sql` to it, and opens it again. */
function reopened(sql: string, use: (chain: Chain) => void = () => undefined): void {
  inFolder((folder) => {
    const path = join(folder, 'chain.sqlite');
    const first = openStore(path, network).store;
    feed(new Chain(network, first), first, [...active, ...side]);
    first.close();
    const tampered = new Database(path);
    tampered.exec(sql);
    tampered.close();
    const { store } = openStore(path, network);
    try {
      const chain = new Chain(network, store);
      use(chain);
      settle(chain, store);
    } finally {
      store.close();
    }
  });
}

const refuses = (sql: string, what: string | RegExp): void => {
  expect(() => {
    reopened(sql);
  }).to.throw(StoreDamage, what);
};

describe('chain/load', () => {
  it('stands where it stood, with all headers and bodies', () => {
    reopened('', (chain) => {
      expect(chain.tip.hash).to.equal(active.at(-1)?.block.hash);
      expect(chain.bestHeader).to.equal(chain.tip);
      for (const { block, bytes } of [...active, ...side]) {
        expect(chain.block(block.hash)).to.deep.equal(Buffer.from(bytes));
      }
      expect(chain.tip.status).to.equal('connected');
      expect(chain.entry(side[0]?.block.hash ?? network.id)?.status).to.equal('unproven');
    });
  });

  it('takes marks of other checks as none', () => {
    reopened('UPDATE headers SET checks = 99, status = 2 WHERE id > 10', (chain) => {
      expect(chain.entry(side[1]?.block.hash ?? network.id)?.status).to.equal('unproven');
    });
    reopened('UPDATE headers SET checks = 1, status = 2 WHERE id = 11', (chain) => {
      expect(chain.entry(side[1]?.block.hash ?? network.id)?.status).to.equal('invalid');
    });
  });

  it('comes back to the tip when the position is elsewhere and no target is known', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const { store } = openStore(path, network);
      feed(new Chain(network, store), store, active);
      const state = store.state() ?? expect.fail();
      const target = side[0]?.block.hash ?? network.id;
      store.setState({ ...state, target });
      expect(standingOf(openTree(network, store), store.state()).target).to.equal(undefined);
      store.setState({ ...state, position: active[8]?.block.hash ?? network.id });
      const standing = standingOf(openTree(network, store), store.state());
      expect(standing.target).to.equal(standing.tip);
      store.close();
    });
  });

  it('refuses headers that do not fit together', () => {
    refuses('DELETE FROM headers WHERE id = 4', 'Header 4 is missing.');
    refuses('DELETE FROM headers WHERE id = 0', /^Header 0 is not the network's genesis block/);
    refuses(
      `UPDATE headers SET bytes = (SELECT bytes FROM headers WHERE id = 3) WHERE id = 4`,
      'Header 4 is there twice.',
    );
    refuses(
      `UPDATE headers SET bytes = zeroblob(80) WHERE id = 4`,
      'Header 4 does not follow any other.',
    );
    const flipped = "CAST(x'02' || substr(bytes, 2) AS BLOB)";
    refuses(
      `UPDATE headers SET bytes = ${flipped} WHERE id = 4`,
      'Header 4 breaks a rule (bad-version)',
    );
  });

  it('refuses a state that is missing or stands nowhere', () => {
    refuses('DELETE FROM state', 'does not say where it stands');
    refuses('UPDATE state SET tip = randomblob(32)', 'whose header is missing');
    refuses('UPDATE headers SET has_body = 0 WHERE id = 3', 'is not complete');
  });

  it('refuses last blocks without body, undo or coins', () => {
    refuses('DELETE FROM bodies WHERE id = 9', 'Block 9 of the active chain cannot be read.');
    refuses('UPDATE bodies SET bytes = zeroblob(300) WHERE id = 9', 'Block 9');
    refuses('DELETE FROM undo WHERE id = 10', 'The undo of block 10');
    refuses('UPDATE undo SET bytes = zeroblob(32) WHERE id = 10', 'The undo of block 10');
    refuses('DELETE FROM coins', 'The coins are not those of block 10.');
    const tip = active[8]?.block.hash ?? '';
    const bytes = Buffer.from(tip, 'hex').reverse().toString('hex');
    refuses(`UPDATE state SET position = x'${bytes}'`, 'The coins are not those of block 9.');
  });
});
