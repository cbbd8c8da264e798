import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { LightChain } from '../../../peer/light/lightChain.js';
import { openLightStore } from '../../../peer/storage/openLight.js';
import { IN_MEMORY, pinnedNetwork } from '../../../peer/storage/openStore.js';
import type { NodeKey } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks, owner } from '../../support/blocks.js';
import { inFolder } from '../../support/folders.js';
import { addHeaders, lightChainOf, provenIn } from '../../support/lightWorld.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const key = (i: number): NodeKey => i.toString(16).padStart(64, '0') as NodeKey;
const [a, b] = [owner(0).address, owner(1).address];

describe('storage/sqliteLightStore', () => {
  it('gives back what it was given, after it was opened again', () => {
    inFolder((folder) => {
      const path = join(folder, 'light.sqlite');
      const blocks = nextBlocks(network, genesis, 3);
      const proof = provenIn(blocks[1] ?? genesis, 0);
      const first = openLightStore(path, network);
      lightChainOf(network, blocks, first.store);
      first.store.putProof(proof);
      const [one, two] = [key(1), key(2)];
      first.store.putTestimony({ nodeKey: one, upTo: network.id, addresses: [a] });
      first.store.putTestimony({ nodeKey: two, upTo: network.id, addresses: [b] });
      first.store.putTestimony({ nodeKey: one, upTo: proof.block, addresses: [b] });
      first.neighbours.replace([{ host: '10.0.0.1', port: 6_000 }]);
      first.store.close();
      expect(pinnedNetwork(path)?.id).to.equal(network.id);
      const { store, neighbours } = openLightStore(path, network);
      expect(new LightChain(network, store).tip.height).to.equal(3);
      const proofs = [...store.proofs()].map((stored) => ({
        ...stored,
        path: new Uint8Array(stored.path),
        transaction: new Uint8Array(stored.transaction),
      }));
      expect(proofs).to.deep.equal([{ ...proof, transaction: proof.transaction.slice() }]);
      const sorted = (all: readonly string[]): string[] => [...all].sort();
      const told = [...store.testimonies()];
      expect(told.map((one) => ({ ...one, addresses: sorted(one.addresses) }))).to.deep.equal([
        { nodeKey: two, upTo: network.id, addresses: [b] },
        { nodeKey: one, upTo: proof.block, addresses: sorted([a, b]) },
      ]);
      expect(neighbours.read()).to.deep.equal([{ host: '10.0.0.1', port: 6_000 }]);
      store.deleteTestimony(two);
      expect([...store.testimonies()].map(({ nodeKey }) => nodeKey)).to.deep.equal([one]);
      store.close();
    });
  });

  it('keeps all of a step, or nothing', () => {
    const { store } = openLightStore(IN_MEMORY, network);
    const chain = lightChainOf(network, [], store);
    expect(() => {
      store.atomically(() => {
        addHeaders(chain, [nextBlock(network, genesis)]);
        throw new Error('in the middle');
      });
    }).to.throw('in the middle');
    expect([...store.headers()]).to.have.length(1);
  });

  it('is of one network for ever', () => {
    inFolder((folder) => {
      const path = join(folder, 'light.sqlite');
      openLightStore(path, network).store.close();
      const other = makeNetwork({ name: 'other' });
      expect(() => openLightStore(path, other)).to.throw(/belongs to network/);
    });
  });

  it('stops at a damaged header, and leaves out damaged proofs and testimonies', () => {
    inFolder((folder) => {
      const path = join(folder, 'light.sqlite');
      const { store } = openLightStore(path, network);
      lightChainOf(network, nextBlocks(network, genesis, 2), store);
      store.putProof(provenIn(genesis, 0));
      store.putTestimony({ nodeKey: key(1), upTo: network.id, addresses: [a] });
      store.close();
      const database = new Database(path);
      database.exec("UPDATE proofs SET block = x'00'; UPDATE testimonies SET up_to = x'01'");
      database.close();
      const again = openLightStore(path, network).store;
      expect([...again.proofs(), ...again.testimonies()]).to.deep.equal([]);
      again.close();
      const damaging = new Database(path);
      damaging.exec("UPDATE headers SET bytes = x'00' WHERE id = 1");
      damaging.close();
      const damaged = openLightStore(path, network).store;
      expect(() => lightChainOf(network, [], damaged)).to.throw(/does not have 80 bytes/);
      damaged.close();
    });
  });
});
