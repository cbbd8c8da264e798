import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockHash } from '../../../shared/units.js';
import type { PeerMessage } from '../../../shared/wire/peerMessages.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks, owner } from '../../support/blocks.js';
import { projectRoot } from '../../support/paths.js';
import { headersOf, Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const ZEROS = '0'.repeat(64) as BlockHash;
const HEIGHT = 300;

/** The table of docs/protocol.md: by message, the least bytes in and the first number out. */
function tableOfDocs(): Map<string, { readonly bytesIn: number; readonly bytesOut: number }> {
  const text = readFileSync(join(projectRoot, 'docs/protocol.md'), 'utf8');
  const table = text.slice(text.indexOf('**Bytes out for bytes in.**'));
  const rows = table.matchAll(/^\| `(\w+)`[^|]*\| (\d+) \| ([\d,]+|a block)/gmu);
  return new Map(
    Array.from(rows, ([, name = '', bytesIn, out = '']) => {
      const bytesOut = out === 'a block' ? Number.NaN : Number(out.replaceAll(',', ''));
      return [name, { bytesIn: Number(bytesIn), bytesOut }];
    }),
  );
}

describe('net: bytes out for bytes in', () => {
  const blocks = nextBlocks(network, genesisOf(network), HEIGHT);
  const table = tableOfDocs();

  /** A node with a long chain and a second peer, and one who says `message` to it. */
  function traffic(message: PeerMessage): { bytesIn: number; out: number } {
    const world = new World();
    const node = addNode(world, network);
    node.give(blocks);
    const stranger = new Stranger(world, network).call(node);
    const other = addNode(world, network);
    other.give(blocks);
    other.connectTo(node);
    world.run(2_000);
    let [bytesIn, out] = [0, 0];
    world.watch({
      onInput: (host, input) => {
        const isTold = host === node.host && input.type === 'received';
        if (isTold && bytesIn === 0) bytesIn = (input['bytes'] as Uint8Array).length;
      },
      onStep: (host, effects) => {
        if (host !== node.host) return;
        for (const { type, ...send } of effects) {
          if (type === 'send') out += (send['bytes'] as Uint8Array).length;
        }
      },
    });
    stranger.say(message);
    world.run(1_000);
    return { bytesIn, out };
  }

  const tip = blocks.at(-1);
  const messages: Readonly<Record<string, PeerMessage>> = {
    ping: { type: 'ping', nonce: '00'.repeat(8) },
    getHeaders: { type: 'getHeaders', locator: [network.id], stop: ZEROS },
    newHeaders: {
      type: 'newHeaders',
      headers: headersOf([nextBlock(network, tip ?? genesisOf(network), { payTo: owner(7) })]),
    },
  };
  for (const [name, message] of Object.entries(messages)) {
    it(`are for ${name} what the table says`, () => {
      const row = table.get(name);
      const { bytesIn, out } = traffic(message);
      expect(bytesIn).to.equal(row?.bytesIn);
      // A header that is passed on goes to the other peer as it came.
      const passedOn = name === 'newHeaders' ? bytesIn : 0;
      expect(out)
        .to.be.above(0)
        .and.at.most((row?.bytesOut ?? 0) + passedOn);
    });
  }

  it('are for getBlocks the blocks, and for what nobody asked for nothing', () => {
    const one = blocks[5];
    const { out } = traffic({ type: 'getBlocks', hashes: [one?.block.hash ?? ZEROS] });
    expect(out)
      .to.be.above(100)
      .and.at.most((one?.bytes.length ?? 0) + 11);
    const unasked: readonly PeerMessage[] = [
      { type: 'pong', nonce: '00'.repeat(8) },
      { type: 'notFound', hash: ZEROS },
      { type: 'headers', headers: new Uint8Array() },
      { type: 'block', block: one?.bytes ?? new Uint8Array() },
    ];
    for (const message of unasked) {
      const { bytesIn, out } = traffic(message);
      expect(out, message.type).to.equal(0);
      expect(bytesIn, message.type).to.be.at.least(table.get(message.type)?.bytesIn ?? Infinity);
    }
  });
});
