import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { PROVERS_MAX } from '../../../peer/light/provers.js';
import type { ProofAnswer } from '../../../peer/types.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks, owner } from '../../support/blocks.js';
import { addLight, type WorldLight } from '../../support/lightWorld.js';
import { headersOf, Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const [first = genesisOf(network), second = first] = nextBlocks(network, genesisOf(network), 2);
const address = owner(3).address;

interface Scene {
  readonly world: World;
  readonly light: WorldLight;
  readonly peers: readonly Stranger[];
}

function scene(count: number): Scene {
  const world = new World();
  const light = addLight(world, network);
  light.want([address]);
  const peers = Array.from({ length: count }, (_, i) => {
    const host = `10.4.0.${String(i + 1)}`;
    return new Stranger(world, network, { number: 40 + i, address: { host, port: 6_000 } });
  });
  for (const peer of peers) light.connectTo(peer);
  world.run(100);
  return { world, light, peers };
}

function answer({ world }: Scene, peer: Stranger | undefined, change: Partial<ProofAnswer> = {}) {
  peer?.say({ type: 'proofs', state: 'done', upTo: network.id, proofs: [], ...change });
  world.run(50);
}

const askedOf = (peer: Stranger | undefined) => peer?.all('getProofs') ?? [];

describe('light/provers', () => {
  it('asks three peers at a time, each once', () => {
    const made = scene(PROVERS_MAX + 2);
    const counts = () => made.peers.map((peer) => askedOf(peer).length);
    expect(counts()).to.deep.equal([1, 1, 1, 0, 0]);
    for (const peer of made.peers.slice(0, 3)) answer(made, peer);
    made.world.run(20_000);
    expect(counts()).to.deep.equal([1, 1, 1, 0, 0]);
    made.peers[0]?.hangUp();
    made.world.run(50);
    expect(counts()).to.deep.equal([1, 1, 1, 1, 0]);
  });

  it('asks about 64 addresses at a time, from genesis, and then about all what is new', () => {
    const made = scene(1);
    const [peer] = made.peers;
    answer(made, peer);
    made.light.want(Array.from({ length: 70 }, (_, i) => owner(100 + i).address));
    made.world.run(50);
    for (let i = 0; i < 2; i++) answer(made, peer);
    peer?.push(first);
    made.world.run(50);
    for (let i = 0; i < 2; i++) answer(made, peer, { upTo: first.block.hash });
    const asked = askedOf(peer).map(({ addresses, height }) => [addresses.length, height]);
    expect(asked).to.deep.equal([
      [1, 0],
      [64, 0],
      [6, 0],
      [64, 1],
      [7, 1],
    ]);
    expect(made.light.isCurrent).to.equal(true);
  });

  it('asks again, less and less often, whose answer does not reach the tip', () => {
    const made = scene(1);
    const [peer] = made.peers;
    answer(made, peer);
    peer?.say({ type: 'newHeaders', headers: headersOf([first]) });
    made.world.run(50);
    for (let i = 0; i < 4; i++) {
      answer(made, peer, { upTo: i === 1 ? second.block.hash : network.id });
      made.world.run(5_000);
    }
    expect(askedOf(peer)).to.have.length(6);
    answer(made, peer, { upTo: first.block.hash });
    made.world.run(60_000);
    expect(askedOf(peer)).to.have.length(6);
    expect(made.light.isCurrent).to.equal(true);
  });

  it('asks nobody twice who keeps no index, and nobody who speaks an older version', () => {
    const made = scene(1);
    const [peer] = made.peers;
    answer(made, peer, { state: 'no-index', upTo: '0'.repeat(64) as never });
    const old = new Stranger(made.world, network, { number: 90, hello: { protocolMax: 2 } });
    made.light.connectTo(old);
    peer?.push(first);
    made.world.run(20_000);
    expect(askedOf(peer)).to.have.length(1);
    expect(old.isReady).to.equal(true);
    expect(made.light.light.queries.proverCount).to.equal(0);
    expect(made.light.reasons).to.deep.equal([]);
  });

  it('ends the session with one who leaves a question open for two minutes', () => {
    const made = scene(1);
    made.peers[0]?.say({ type: 'headers', headers: new Uint8Array() });
    made.world.run(119_000);
    expect(made.light.reasons).to.deep.equal([]);
    made.world.run(2_000);
    expect(made.light.reasons).to.deep.equal(['stalled']);
  });

  it('leaves no gap when the answer is about a branch that leaves below where it asked', () => {
    const made = scene(1);
    const [peer] = made.peers;
    const fork = nextBlock(network, genesisOf(network), { time: first.point.time + 1 });
    for (const blocks of [[first], [fork]]) peer?.push(...blocks);
    made.world.run(50);
    answer(made, peer, { upTo: first.block.hash });
    peer?.push(second);
    made.world.run(50);
    answer(made, peer, { upTo: fork.block.hash });
    const longer = nextBlocks(network, fork, 2);
    peer?.push(...longer);
    made.world.run(50);
    expect(made.light.tip).to.equal(longer[1]?.block.hash);
    expect(askedOf(peer).map(({ height }) => height)).to.deep.equal([0, 2, 1]);
  });

  it('counts an answer on another branch for what that shares with the chain', () => {
    const made = scene(1);
    const [peer] = made.peers;
    const fork = nextBlock(network, genesisOf(network), { time: first.point.time + 1 });
    peer?.push(first, second);
    peer?.push(fork);
    made.world.run(50);
    answer(made, peer, { upTo: fork.block.hash });
    made.world.run(1_000);
    expect(made.light.isCurrent).to.equal(false);
    expect(askedOf(peer).at(-1)?.height).to.equal(1);
    answer(made, peer, { upTo: second.block.hash });
    expect(made.light.isCurrent).to.equal(true);
  });
});
