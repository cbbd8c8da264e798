/** `cairn peers`: with whom a node is connected. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { alignColumns } from './format.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const { peers } = await ask(findNode(settings.values), 'peers', {});
    if (options.json === true) {
      output.json(peers);
      return EXIT.done;
    }
    if (peers.length === 0) {
      output.line('No peers. A tracker (--tracker) or an address (--connect) finds some.');
      return EXIT.done;
    }
    const none = output.symbols.none;
    const rows = peers.map((peer) => [
      peer.address,
      peer.direction,
      peer.state,
      peer.height === null ? none : String(peer.height),
      peer.latencyMs === null ? none : `${peer.latencyMs.toFixed(1)} ms`,
      peer.nodeKey?.slice(0, 8) ?? none,
      peer.agent,
    ]);
    const head = ['ADDRESS', 'DIRECTION', 'STATE', 'HEIGHT', 'LATENCY', 'KEY', 'AGENT'];
    for (const line of alignColumns([head, ...rows])) output.line(line);
    return EXIT.done;
  },
});
