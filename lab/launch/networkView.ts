/** How a network on one computer stands, as data and as text. Pure. */

export interface NodeView {
  readonly name: string;
  readonly role: 'tracker' | 'peer';
  readonly state: 'starting' | 'running' | 'silent' | 'stopped' | 'failed';
  /** Why it failed; empty otherwise. */
  readonly reason: string;
  readonly pid: number;
  readonly tcp: string;
  readonly http: string;
  /** What it says of itself; `null` for the tracker, and while it does not answer. */
  readonly status: NodeStatus | null;
}

export interface NodeStatus {
  readonly networkId: string;
  readonly height: number;
  readonly tip: string;
  readonly peers: number;
  readonly mining: boolean;
  readonly hashRate: number;
  readonly synced: boolean;
  /** Transactions that wait for a block. */
  readonly pending: number;
}

export interface NetworkView {
  readonly network: string;
  readonly networkId: string;
  /** Whether all peers answer, belong to this network and have one tip. */
  readonly agree: boolean;
  readonly nodes: readonly NodeView[];
}

/** What is told of a network as a whole. */
export type Whole = Pick<NetworkView, 'networkId' | 'nodes'>;

/** Whether all peers answer, belong to the network and have one tip. */
export function doAgree({ networkId, nodes }: Whole): boolean {
  const peers = nodes.filter(({ role }) => role === 'peer').map(({ status }) => status);
  const tip = peers[0]?.tip;
  return (
    tip !== undefined &&
    peers.every((status) => status?.networkId === networkId && status.tip === tip)
  );
}

/**
 * One line about the whole: `5/5 online, agree on block 17 (…0a1b2c3d), 3 pending`, or how many
 * tips there are.
 */
export function summary(whole: Whole): string {
  const peers = whole.nodes.filter(({ role }) => role === 'peer');
  const answering = peers.flatMap(({ status }) => (status === null ? [] : [status]));
  const count = `${String(answering.length)}/${String(peers.length)} online`;
  const [best] = [...answering].sort((a, b) => b.height - a.height);
  if (best === undefined) return `${count} yet`;
  const block = `block ${String(best.height)} (${shortTip(best.tip)})`;
  const pending = Math.max(...answering.map((status) => status.pending));
  const tail = pending === 0 ? '' : `, ${String(pending)} pending`;
  if (doAgree(whole)) return `${count}, agree on ${block}${tail}`;
  const foreign = answering.filter(({ networkId }) => networkId !== whole.networkId);
  if (foreign.length > 0) return `${count}, ${String(foreign.length)} of another network`;
  const tips = new Set(answering.map(({ tip }) => tip));
  return tips.size > 1
    ? `${count}, ${String(tips.size)} different tips, highest ${block}`
    : `${count}, ${block}`;
}

/** The last digits of a tip: the first ones are zeros. */
const shortTip = (tip: string): string => `…${tip.slice(-8)}`;

export const TABLE_HEAD = [
  'NAME',
  'HTTP',
  'TCP',
  'HEIGHT',
  'TIP',
  'PEERS',
  'PENDING',
  'HASH RATE',
  'PID',
  'STATE',
] as const;

export interface TableStyle {
  /** Writes hashes a second. */
  readonly formatRate: (perSecond: number) => string;
  /** Ports in place of whole addresses, which all have one host: a terminal of 80 columns. */
  readonly isNarrow: boolean;
}

/** The cells of the table, a row a node. */
export function tableRows(
  nodes: readonly NodeView[],
  { formatRate, isNarrow }: TableStyle,
): string[][] {
  return nodes.map((node) => {
    const { status } = node;
    const own =
      status === null
        ? ['–', '–', '–', '–', '–']
        : [
            String(status.height),
            shortTip(status.tip),
            String(status.peers),
            String(status.pending),
            status.mining ? formatRate(status.hashRate) : 'off',
          ];
    const pid = node.pid === 0 ? '–' : String(node.pid);
    const addresses = [node.http, node.tcp].map((at) => (isNarrow ? portOf(at) : at));
    return [node.name, ...addresses, ...own, pid, describeState(node)];
  });
}

/** `:6000` of an address or a URL. */
const portOf = (address: string): string => address.slice(address.lastIndexOf(':'));

/** A line for each program that failed, and why. */
export function failureLines(nodes: readonly NodeView[]): string[] {
  const failed = nodes.filter(({ state }) => state === 'failed');
  return failed.map(({ name, reason }) => `${name} FAILED: ${reason}`);
}

function describeState({ state, status }: NodeView): string {
  if (state === 'failed') return 'FAILED';
  if (state === 'running' && status !== null && !status.synced) return 'syncing';
  return state === 'silent' ? 'does not answer' : state;
}
