import { once } from 'node:events';
import net from 'node:net';

import { expect } from 'chai';

import { SOCKET_LIMITS } from '../../../shared/io/tcp.js';
import type { BlockHash, NodeKey } from '../../../shared/units.js';
import {
  DISCONNECT_REASONS,
  type DisconnectReason,
  type DisconnectRow,
} from '../../../shared/wire/disconnect.js';
import { encodeFrame } from '../../../shared/wire/frame.js';
import type { PeerMessage } from '../../../shared/wire/peerMessages.js';
import {
  decoded,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';
import { SocketProgram } from '../../support/socketProgram.js';
import { addLight } from '../../support/lightWorld.js';
import { Stranger, type StrangerOptions } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { addTracker, TRACKER_ADDRESS } from '../../../lab/sim/worldTracker.js';

describe('wire/disconnect', () => {
  const rows = Object.entries<DisconnectRow>(DISCONNECT_REASONS);

  it('has one sentence of its own for each reason', () => {
    for (const [, { sentence }] of rows) expect(sentence).to.match(/^[A-Z].*\.$/);
    expect(new Set(rows.map(([, { sentence }]) => sentence)).size).to.equal(rows.length);
  });

  it('bans only for what no honest program does', () => {
    const banning = rows.filter(([, { fault }]) => fault === 'ban').map(([reason]) => reason);
    expect(banning).to.have.members([
      ...['frame-too-large', 'frame-empty', 'message-unknown', 'message-malformed'],
      ...['message-unexpected', 'bad-ready', 'invalid-header', 'invalid-block'],
      ...['invalid-transaction', 'invalid-proof'],
    ]);
  });
});

describe('wire/disconnect: an example of each', () => {
  for (const reason of Object.keys(DISCONNECT_REASONS) as DisconnectReason[]) {
    it(`${reason}: ${DISCONNECT_REASONS[reason].sentence}`, async () => {
      expect(await EXAMPLES[reason]()).to.equal(reason);
    });
  }
});

const network = makeNetwork();
const genesis = genesisOf(network);

type Example = () => DisconnectReason | undefined | Promise<DisconnectReason | undefined>;

/** What makes a real node, tracker or socket end a connection for each reason. */
const EXAMPLES: Readonly<Record<DisconnectReason, Example>> = {
  'frame-too-large': node({}, bytes(0x7f, 0xff, 0xff, 0xff, 0x11)),
  'frame-empty': node({}, bytes(0, 0, 0, 0, 0x11)),
  'message-unknown': node({}, bytes(...encodeFrame(0x7e, Uint8Array.of(0)))),
  'message-malformed': node({}, bytes(...encodeFrame(0x11, Uint8Array.of(0xc1)))),
  'message-unexpected': node({}, says({ type: 'notFound', hash: network.id })),

  'handshake-timeout': node({ isMute: true }, silence(6)),
  'wrong-network': node({ hello: { network: 'ff'.repeat(32) as BlockHash } }),
  'wrong-version': node({ hello: { protocolMin: 1_000, protocolMax: 1_001 } }),
  'wrong-service': node({}, ({ world, node }) => {
    node.connectTo(new Stranger(world, network, { number: 99, hello: { service: 'client' } }));
  }),
  'wrong-key': trackerThatFindsAnother,
  'self-connection': node({}, ({ node }) => {
    node.connectTo(node);
  }),
  'bad-ready': node({ hello: { nodeKey: 'ab'.repeat(32) as NodeKey } }),
  'duplicate-session': node({}, ({ world, node }) => {
    const copy = addNode(world, network, { number: node.number, host: '10.0.0.99' });
    copy.connectTo(node);
  }),
  banned: node({}, ({ node, stranger }) => {
    stranger.sayBytes(Uint8Array.of(0, 0, 0, 0, 0x11));
    stranger.call(node);
  }),

  'ping-timeout': node({ isDeaf: true }, (scene) => {
    scene.stranger.say({ type: 'headers', headers: new Uint8Array() });
    silence(90)(scene);
  }),
  stalled: node({ hello: { tipWork: 1n << 100n } }, silence(61)),
  'queue-full': socketsWhoseReaderSleeps,
  flooding: node({}, ({ stranger }) => {
    const question = { type: 'getHeaders', locator: [network.id], stop: network.id } as const;
    stranger.sayAll([question, question, question]);
  }),

  'invalid-header': node({}, ({ stranger }) => {
    stranger.push(nextBlock(network, genesis, { header: { version: 2 } }));
  }),
  'invalid-block': node({}, ({ world, stranger }) => {
    const greedy = nextBlock(network, genesis, { reward: network.params.subsidy + 1 });
    stranger.say({ type: 'headers', headers: new Uint8Array() });
    stranger.push(greedy);
    world.run(20);
    stranger.say({ type: 'block', block: greedy.bytes });
  }),

  'invalid-transaction': node({}, ({ world, stranger }) => {
    const coins = [genesisCoin(network, 0)];
    const payment = spend(network, { coins, outputs: [pay(owner(5), 1_000)] });
    const forged = decoded({ ...payment, signatures: [new Uint8Array(64)] });
    stranger.say({ type: 'inv', wtxids: [forged.wtxid] });
    world.run(100);
    stranger.say({ type: 'transactions', transactions: [forged.bytes], missing: [] });
  }),

  'invalid-proof': () => {
    const world = new World();
    const light = addLight(world, network);
    const liar = new Stranger(world, network);
    light.want([owner(3).address]);
    light.connectTo(liar);
    world.run(100);
    liar.say({ type: 'proofs', state: 'more', upTo: network.id, proofs: [] });
    world.run(100);
    return light.reasons[0];
  },

  'too-many-connections': node({}, ({ world, node, stranger }) => {
    for (let i = 0; i < 16; i++) {
      const address = { host: stranger.address.host, port: 7_000 + i };
      new Stranger(world, network, { number: i + 2, address }).call(node);
    }
  }),
  'not-needed': node({ hello: { service: 'tracker' } }, silence(31)),
  'shutting-down': node({}, ({ node }) => {
    node.stop();
  }),
  'connection-lost': node({}, ({ stranger }) => {
    stranger.hangUp();
  }),
};

interface Scene {
  readonly world: World;
  readonly node: WorldNode;
  readonly stranger: Stranger;
}

/** The last reason of a node that a stranger calls, after what `happens`. */
function node(options: StrangerOptions, happens: (scene: Scene) => void = () => undefined) {
  return (): DisconnectReason | undefined => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network, options).call(node);
    happens({ world, node, stranger });
    world.run(100);
    return node.reasons.at(-1) ?? node.told('peer-gone').at(-1)?.reason;
  };
}

function bytes(...values: readonly number[]) {
  return ({ stranger }: Scene): void => {
    stranger.sayBytes(Uint8Array.from(values));
  };
}

function says(message: PeerMessage) {
  return ({ stranger }: Scene): void => {
    stranger.say(message);
  };
}

function silence(seconds: number) {
  return ({ world }: Scene): void => {
    world.run(seconds * 1_000);
  };
}

/** A tracker that dials back to a node, at whose address another one answers by then. */
function trackerThatFindsAnother(): DisconnectReason | undefined {
  const world = new World();
  const tracker = addTracker(world, [network]);
  const { address } = addNode(world, network, { trackers: [TRACKER_ADDRESS] });
  world.run(1_000);
  addNode(world, network, address);
  world.run(60_000);
  return tracker.host.reasons.at(-1);
}

/** Sockets that send without end to somebody who reads nothing. */
async function socketsWhoseReaderSleeps(): Promise<DisconnectReason | undefined> {
  const program = new SocketProgram(SOCKET_LIMITS);
  const sleeper = net.connect(await program.sockets.listen('127.0.0.1', 0));
  await once(sleeper, 'connect');
  const { peer } = await program.next('connected');
  const chunk = new Uint8Array(1_000_000);
  for (let i = 0; i < 40; i++) {
    program.sockets.perform({ type: 'send', peer, bytes: chunk, notify: false });
  }
  const { reason } = await program.next('closed');
  sleeper.destroy();
  await program.sockets.close();
  return reason;
}
