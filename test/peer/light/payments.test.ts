import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { PAYMENTS_MAX } from '../../../peer/light/payments.js';
import type { Wtxid } from '../../../shared/units.js';
import { makeNetwork, spendGenesis } from '../../support/blocks.js';
import { payGenesis } from '../../support/mempools.js';
import { addLight, type WorldLight } from '../../support/lightWorld.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const tx = spendGenesis(network, 0);
const unknown = 'ab'.repeat(32) as Wtxid;

interface Scene {
  readonly world: World;
  readonly light: WorldLight;
  readonly peer: Stranger;
}

/** A light peer with one peer, who does as the test says. */
function scene(): Scene {
  const world = new World();
  const light = addLight(world, network);
  const peer = new Stranger(world, network);
  light.connectTo(peer);
  world.run(100);
  return { world, light, peer };
}

function ask({ world, peer }: Scene, ...wtxids: Wtxid[]): void {
  peer.say({ type: 'getTransactions', wtxids });
  world.run(100);
}

describe('light/payments', () => {
  it('announces a payment once, and gives it to who asks', () => {
    const made = scene();
    const id = made.light.pay(tx.bytes);
    made.world.run(100);
    expect(made.peer.all('inv')).to.deep.equal([{ type: 'inv', wtxids: [tx.wtxid] }]);
    expect(made.light.replies.get(id), 'not yet').to.equal(undefined);
    ask(made, tx.wtxid, unknown);
    expect(made.light.replies.get(id)).to.equal('taken');
    expect(made.peer.all('transactions')).to.deep.equal([
      { type: 'transactions', transactions: [tx.bytes], missing: [unknown] },
    ]);
  });

  it('tells peers that come later', () => {
    const made = scene();
    made.light.pay(tx.bytes);
    ask(made, tx.wtxid);
    const late = new Stranger(made.world, network, { number: 201 });
    made.light.connectTo(late);
    made.world.run(20_000);
    expect(late.all('inv')).to.have.length(1);
    expect(made.peer.all('inv')).to.have.length(1);
  });

  it('announces anew what the wallet sends again, after half a minute', () => {
    const made = scene();
    made.light.pay(tx.bytes);
    ask(made, tx.wtxid);
    const soon = made.light.pay(tx.bytes);
    made.world.run(31_000);
    expect(made.peer.all('inv')).to.have.length(1);
    const later = made.light.pay(tx.bytes);
    made.world.run(100);
    expect(made.peer.all('inv')).to.have.length(2);
    for (const id of [soon, later]) expect(made.light.replies.get(id)).to.equal('taken');
  });

  it('forgets what nobody took, and takes it once more', () => {
    const made = scene();
    const first = made.light.pay(tx.bytes);
    const second = made.light.pay(tx.bytes);
    made.world.run(11_000);
    for (const id of [first, second]) expect(made.light.replies.get(id)).to.equal('not-taken');
    ask(made, tx.wtxid);
    expect(made.peer.all('transactions')[0]?.missing).to.deep.equal([tx.wtxid]);
    const again = made.light.pay(tx.bytes);
    ask(made, tx.wtxid);
    expect(made.light.replies.get(again)).to.equal('taken');
  });

  it('takes no bytes that are no transaction, and no more than fit', () => {
    const made = scene();
    const wrong = made.light.pay(new Uint8Array(9));
    const ids = Array.from({ length: PAYMENTS_MAX + 1 }, (_, i) =>
      made.light.pay(payGenesis(network, 0, 1_000 + i).bytes),
    );
    made.world.run(100);
    expect(made.light.replies.get(wrong)).to.equal('not-taken');
    expect(made.light.replies.get(ids.at(-1) ?? 0)).to.equal('full');
    expect(made.light.replies.get(ids[0] ?? 0)).to.equal(undefined);
  });
});
