/** Which node a command talks to: `--node NAME|URL`, else the one that runs here. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, running, type RunningNode } from '../lab/launch/runFile.js';
import { TOKEN_FILE } from '../peer/api/token.js';
import { didYouMean } from '../shared/config/suggest.js';
import { NodeClient, type ClientProblem } from '../shared/http/client.js';
import type { AnswerOf, RouteName } from '../shared/http/routes.js';
import { Trouble } from '../shared/io/trouble.js';
import type { Result } from '../shared/result.js';
import { homeAt } from './home.js';
import { NotRunning } from './notRunning.js';

interface Where {
  readonly node: string | undefined;
  readonly home: string | undefined;
}

/** A client of the node that `node` names. Nothing is sent yet. Throws `Trouble`. */
export function findNode({ node, home }: Where): NodeClient {
  if (node !== undefined && /^https?:\/\//.test(node)) return clientAt(node, home);
  const nodes = runningPeers(home);
  const isMeant = ({ name }: RunningPeer): boolean =>
    node === undefined || name.toLowerCase() === node.toLowerCase();
  const [first, ...others] = nodes.filter(isMeant);
  if (first === undefined) throw notFound(node, nodes);
  if (node !== undefined && others.length > 0) throw severalNodes(node, [first, ...others]);
  return clientOf(first);
}

/** Whether `text`, a name in upper case or not or a URL, means that node of this computer. */
export function isNamed(text: string, { name, httpUrl }: RunningNode): boolean {
  if (!isUrl(text)) return name.toLowerCase() === text.toLowerCase();
  return isHere(text) && new URL(httpUrl).port === new URL(text).port;
}

const isUrl = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text);

const isHere = (url: string): boolean => /\/\/(localhost|127\.|\[::1\])/.test(url);

function notFound(node: string | undefined, nodes: readonly RunningPeer[]): NotRunning {
  if (node === undefined) return new NotRunning('not-running', 'No node runs here.', START_ONE);
  // A network lives longer than a peer of it that was killed.
  const names = nodes.filter(({ pid }) => isAlive(pid)).map(({ name }) => name);
  const listed =
    names.length === 0 ? 'No node runs on this computer.' : `Running: ${names.join(', ')}.`;
  const message = `There is no node ${node}.${didYouMean(node, names)}`;
  return new NotRunning('no-such-node', message, `${listed} A URL works, too.`);
}

function severalNodes(node: string, nodes: readonly RunningPeer[]): Trouble {
  const listed = nodes.map(({ httpUrl, network }) => `${httpUrl} (network ${network})`).join(', ');
  const message = `Several nodes are called ${node}: ${listed}.`;
  return new Trouble('several-nodes', message, 'Choose one of these with --node URL.');
}

/** Calls `route`; whatever is no success is trouble, told in one line. */
export async function ask<N extends RouteName>(
  client: NodeClient,
  route: N,
  request: Parameters<typeof client.call<N>>[1],
): Promise<AnswerOf<N>> {
  const answer: Result<AnswerOf<N>, ClientProblem> = await client.call(route, request);
  if (answer.ok) return answer.value;
  throw troubleOf(answer.error, client.baseUrl);
}

interface RunningPeer extends RunningNode {
  /** The name of its network. */
  readonly network: string;
}

/** Peers of all that runs here, of networks before lone ones of the same age. */
export function runningPeers(home: string | undefined): RunningPeer[] {
  const nodes = running(homeAt(home).running).flatMap((run) =>
    run.nodes.map((node) => ({ ...node, network: run.network })),
  );
  return nodes.filter(({ role }) => role === 'peer');
}

/** What to tell of it. */
export function troubleOf(problem: ClientProblem, url: string): Trouble {
  switch (problem.type) {
    case 'unreachable':
      return new NotRunning(
        'not-running',
        `No node answers at ${url} (${problem.detail}).`,
        START_ONE,
      );
    case 'not-a-node':
      return new NotRunning(
        'not-a-node',
        `What answers at ${url} is no Cairn node.`,
        'Another program uses that port; name the node with --node NAME|URL.',
      );
    case 'refused':
      return new Trouble(problem.error.code, problem.error.message, problem.error.hint);
  }
}

const START_ONE =
  'Start one with cairn network up or cairn peer, or name another with --node NAME|URL.';

function clientOf(node: RunningNode): NodeClient {
  return new NodeClient({ baseUrl: node.httpUrl, token: tokenOf(node) });
}

/** A node on this computer is known by its port, so that its token is found. */
function clientAt(url: string, home: string | undefined): NodeClient {
  const node = runningPeers(home).find((one) => isNamed(url, one));
  const token = node === undefined ? undefined : tokenOf(node);
  return new NodeClient({ baseUrl: url, token });
}

function tokenOf(node: RunningNode): string | undefined {
  try {
    return readFileSync(join(node.dataDirectory, TOKEN_FILE), 'utf8').trim();
  } catch {
    return undefined;
  }
}
