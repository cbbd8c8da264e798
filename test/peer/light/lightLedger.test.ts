import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { Untold } from '../../../peer/light/lightLedger.js';
import { ALLOCATION, genesisOf, makeNetwork, nextBlocks, owner } from '../../support/blocks.js';
import { payGenesis } from '../../support/mempools.js';
import { addLight, letProve } from '../../support/lightWorld.js';

const network = makeNetwork();
const [a, b] = [owner(0).address, owner(1).address];
const PAGE = { count: 10, before: undefined };

function scene() {
  const world = new World();
  const node = addNode(world, network);
  letProve(node);
  node.give(nextBlocks(network, genesisOf(network), 3));
  const light = addLight(world, network);
  light.want([a]);
  light.connectTo(node);
  world.until(() => light.isCurrent && light.height === 3);
  return { world, light, ledger: light.light.queries.ledger };
}

describe('light/lightLedger', () => {
  it('throws for addresses of which nobody has told, and names them', () => {
    const { ledger } = scene();
    ledger.need([a]);
    const untold = (read: () => unknown): unknown => {
      try {
        return read();
      } catch (error) {
        return error instanceof Untold ? error.addresses : error;
      }
    };
    expect(
      untold(() => {
        ledger.need([a, b]);
      }),
    ).to.deep.equal([b]);
    expect(untold(() => ledger.coins(b))).to.deep.equal([b]);
    expect(untold(() => ledger.history(b, PAGE))).to.deep.equal([b]);
    expect([ledger.isTold([a]), ledger.isTold([a, b])]).to.deep.equal([true, false]);
  });

  it('stands at the tip of the headers', () => {
    const { ledger } = scene();
    expect([ledger.height, ledger.maturity, ledger.isCurrent]).to.deep.equal([
      ...[3, network.params.maturity, true],
    ]);
    expect(ledger.timeOf(0)).to.equal(network.params.time);
    expect(ledger.timeOf(4)).to.equal(undefined);
    expect(ledger.coins(a).map(({ amount }) => amount)).to.deep.equal([ALLOCATION]);
  });

  it('shows own payments that peers took, with their fee', () => {
    const { world, light, ledger } = scene();
    const tx = payGenesis(network, 0, 1_500);
    light.pay(tx.bytes);
    expect(ledger.waiting(tx.txid), 'nobody has it').to.equal(undefined);
    world.run(1_000);
    expect(ledger.waiting(tx.txid)).to.include({ fee: 1_500 });
    expect(ledger.waitingOf(a).map((one) => one.tx.txid)).to.deep.equal([tx.txid]);
    expect(ledger.waitingOf(b)).to.deep.equal([]);
  });
});
