/** `cairn demo`: the story of a network, played on the one that runs here, and checked. */

import { running, type RunFile } from '../lab/launch/runFile.js';
import { keysOf } from '../shared/config/settings.js';
import { NodeClient } from '../shared/http/client.js';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { DemoFailure, Stage, type StagePeer } from './demoStage.js';
import type { Actor } from './demoStory.js';
import { EXIT } from './exitCodes.js';
import { isNamed } from './findNode.js';
import { homeAt } from './home.js';
import { NotRunning } from './notRunning.js';

const BURST = 5_000;
/** Four blocks full. */
const BURST_MAX = 15_000;
/** A peer that takes a thousand transactions while it mines. */
const TIMEOUT_MS = 60_000;

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    burst: {
      kind: { type: 'integer', min: 1, max: BURST_MAX },
      about: `payments of the burst at the end (${String(BURST)})`,
    },
  },
  positionals: [],
  run: async ({ settings: { values }, options, output }) => {
    const isJson = options.json === true;
    const held: string[] = [];
    const say = (line: string): void => {
      if (!isJson) output.line(line);
    };
    const peers = peersOf(findRun(values.home, values.node));
    const isOnDemand = await canMineNow(peers);
    const stage = new Stage({
      ...{ peers, isOnDemand, say },
      onHeld: (what) => {
        held.push(what);
        say(`  ${output.symbols.good} ${what}`);
      },
    });
    try {
      const actors = await actorsOf(peers);
      const { play } = await import('./demoStory.js');
      const { height } = await play(stage, actors, options.burst ?? BURST);
      say(`All of it held: ${String(held.length)} checks, at block ${String(height)}.`);
      if (isJson) output.json({ held, failed: null, height });
      return EXIT.done;
    } catch (error) {
      if (!(error instanceof DemoFailure)) throw error;
      if (isJson) output.json({ held, failed: error.message, height: null });
      else output.warn(`  ${output.symbols.bad} DOES NOT HOLD: ${error.message}`);
      return EXIT.wrong;
    }
  },
});

/** The network with that node; without one, the network that has run the longest. */
function findRun(home: string | undefined, node: string | undefined): RunFile {
  const networks = running(homeAt(home).running).filter(({ kind }) => kind === 'network');
  const found =
    node === undefined
      ? networks[0]
      : networks.find(({ nodes }) => nodes.some((one) => isNamed(node, one)));
  if (found !== undefined) return found;
  const what = node === undefined ? 'No network runs here.' : `No network here has ${node}.`;
  throw new NotRunning('not-running', what, 'Start one with cairn network up.');
}

const peersOf = ({ nodes }: RunFile): StagePeer[] =>
  nodes
    .filter(({ role }) => role === 'peer')
    .map(({ name, httpUrl }) => {
      return { name, client: new NodeClient({ baseUrl: httpUrl, timeoutMs: TIMEOUT_MS }) };
    });

/** Throws `Trouble` where nobody mines, nor can. */
async function canMineNow(peers: readonly StagePeer[]): Promise<boolean> {
  const answers = await Promise.all(peers.map(({ client }) => client.call('mining', {})));
  const mining = answers.flatMap((one) => (one.ok ? [one.value] : []));
  if (mining.some(({ onDemand }) => onDemand)) return true;
  if (mining.length === 0 || mining.some(({ mode }) => mode.type !== 'off')) return false;
  const advice = 'Start it without --no-mine, or cairn mine --start --node NAME.';
  throw new Trouble('nobody-mines', 'No peer of this network mines.', advice);
}

/** The peers that answer for an account of their own without a token. */
async function actorsOf(peers: readonly StagePeer[]): Promise<readonly Actor[]> {
  const actors = await Promise.all(
    peers.map(async (peer): Promise<readonly Actor[]> => {
      const answer = await peer.client.call('accounts', {});
      const account = answer.ok ? answer.value.accounts[0] : undefined;
      return account === undefined ? [] : [{ peer, account: account.name }];
    }),
  );
  const found = actors.flat();
  if (found.length > 1) return found;
  throw new Trouble(
    'no-demo-accounts',
    'Fewer than two peers of this network have a demo account.',
    'Begin a new one with cairn network up --fresh --peers 3.',
  );
}
