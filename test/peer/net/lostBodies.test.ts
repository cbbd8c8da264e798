/** What a disk does not give back any more: docs/decisions/0018. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { openStore } from '../../../peer/storage/openStore.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { temporaryFolders } from '../../support/folders.js';
import { Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const blocks = nextBlocks(network, genesisOf(network), 30);
const hashAt = (height: number): string => blocks[height - 1]?.block.hash ?? '';

const ZEROED = 'UPDATE bodies SET bytes = zeroblob(length(bytes)) WHERE id = 5';
const DELETED = 'DELETE FROM bodies WHERE id = 7';

describe('net: bodies that the disk lost', () => {
  const newFolder = temporaryFolders();

  /** A node with 30 blocks, whose file was then changed by `damage`. */
  function damagedNode(world: World, ...damage: readonly string[]): WorldNode {
    const path = join(newFolder(), 'chain.sqlite');
    const node = addNode(world, network, { store: openStore(path, network).store });
    node.give(blocks);
    const database = new Database(path);
    for (const statement of damage) database.exec(statement);
    database.close();
    return node;
  }

  it('are not sent, so that nobody bans who has them', () => {
    const world = new World();
    const node = damagedNode(world, ZEROED, DELETED);
    const newcomer = addNode(world, network);
    newcomer.connectTo(node);
    world.run(60_000);
    expect(newcomer.height).to.equal(4);
    expect([...node.reasons, ...newcomer.reasons]).to.deep.equal([]);
    expect(node.notices()).to.deep.equal(['block-lost', 'block-lost']);
  });

  it('come again from a peer, and then newcomers get them', () => {
    const world = new World();
    const node = damagedNode(world, ZEROED, DELETED);
    const other = addNode(world, network);
    other.give(blocks);
    node.connectTo(other);
    world.run(1_000);
    const newcomer = addNode(world, network);
    newcomer.connectTo(node);
    world.run(60_000);
    expect(newcomer.tip).to.equal(node.tip);
    expect(node.notices().sort()).to.deep.equal([
      ...['block-lost', 'block-lost', 'block-restored', 'block-restored'],
    ]);
    const { queries } = node.node;
    for (const height of [5, 7]) {
      const bytes = queries.block(queries.active(height)?.hash ?? network.id);
      expect(bytes && Buffer.from(bytes)).to.deep.equal(
        Buffer.from(blocks[height - 1]?.bytes ?? []),
      );
    }
  });

  it('are asked for once', () => {
    const world = new World();
    const node = damagedNode(world, ZEROED);
    const stranger = new Stranger(world, network, { blocks }).call(node);
    stranger.push(...blocks.slice(22));
    stranger.say({ type: 'getBlocks', hashes: [hashAt(5) as never] });
    world.run(1_000);
    expect(stranger.all('notFound').map(({ hash }) => hash)).to.deep.equal([hashAt(5)]);
    expect(stranger.askedFor).to.deep.equal([hashAt(5)]);
    expect(node.notices()).to.deep.equal(['block-lost', 'block-restored']);
    stranger.say({ type: 'getBlocks', hashes: [hashAt(5) as never] });
    world.run(1_000);
    expect(stranger.all('block')).to.have.length(1);
    expect(node.reasons).to.deep.equal([]);
  });
});
