/** Who may import whom: the table of docs/architecture.md, type imports included. */

/** The parts of the project, by the start of their paths; the longest start that fits counts. */
const PARTS = {
  'shared/': 'primitives',
  'shared/crypto/': 'crypto',
  'shared/consensus/': 'consensus',
  'shared/wire/': 'wire',
  'shared/http/': 'http',
  'shared/config/': 'config',
  'shared/io/': 'io',
  'peer/types.ts': 'peer types',
  'peer/queries.ts': 'peer queries',
  'peer/chain/': 'chain',
  'peer/index/': 'index',
  'peer/mempool/': 'mempool',
  'peer/net/': 'net',
  'peer/mining/': 'mining',
  'peer/wallet/': 'wallet',
  'peer/light/': 'light',
  'peer/node.ts': 'node',
  'peer/node/': 'node',
  'peer/storage/': 'peer storage',
  'peer/workers/': 'workers',
  'peer/api/': 'api',
  'peer/': 'peer program',
  'tracker/registry/': 'registry',
  'tracker/': 'tracker',
  'tracker/storage/': 'tracker storage',
  'tracker/http/': 'tracker http',
  'tracker/main.ts': 'tracker program',
  'tracker/program/': 'tracker program',
  'web/': 'web',
  'lab/launch/': 'launch',
  'lab/sim/': 'sim',
  'cli/': 'cli',
  'test/': 'test',
  'bench/': 'bench',
} as const;

export type Part = (typeof PARTS)[keyof typeof PARTS];

const LEVEL_0 = ['primitives', 'crypto'] as const;
const LEVELS_01 = [...LEVEL_0, 'consensus'] as const;
const LEVELS_02 = [...LEVELS_01, 'wire', 'http', 'config'] as const;
const PEER_MACHINE = [
  ...(['peer types', 'peer queries', 'chain', 'index', 'mempool', 'net', 'mining'] as const),
  ...(['wallet', 'light', 'node'] as const),
] as const;
const PEER_ADAPTERS = ['peer storage', 'workers', 'api'] as const;
const TRACKER_MACHINE = ['registry', 'tracker'] as const;
const TRACKER_ADAPTERS = ['tracker storage', 'tracker http'] as const;
const ALL = Object.values(PARTS);

/** What each part may import, besides itself. */
const MAY_IMPORT: Readonly<Record<Part, readonly Part[]>> = {
  primitives: [],
  crypto: ['primitives'],
  consensus: LEVEL_0,
  wire: LEVELS_01,
  http: LEVELS_01,
  config: LEVELS_01,
  'peer types': LEVELS_02,
  chain: [...LEVELS_01, 'peer types'],
  mempool: [...LEVELS_01, 'peer types', 'chain'],
  net: [...LEVELS_02, 'peer types', 'chain', 'mempool'],
  mining: [...LEVELS_01, 'peer types', 'chain', 'mempool'],
  index: [...LEVELS_01, 'chain'],
  wallet: [...LEVELS_01, 'index'],
  light: [...LEVELS_02, 'peer types', 'chain', 'index', 'net', 'wallet'],
  registry: [...LEVELS_02],
  'peer queries': [...LEVELS_02, 'peer types', 'chain', 'mempool', 'net', 'mining'],
  node: [...LEVELS_02, ...PEER_MACHINE],
  tracker: [...LEVELS_02, ...TRACKER_MACHINE],
  io: LEVELS_02,
  'peer storage': [...LEVELS_02, 'io', 'peer types', 'chain', 'index', 'light'],
  workers: [...LEVELS_02, 'io', 'peer types'],
  api: [...LEVELS_02, 'io', 'peer types', 'peer queries', 'index', 'wallet', 'light'],
  'tracker storage': [...LEVELS_02, 'io', 'registry'],
  'tracker http': [...LEVELS_02, 'io', 'registry', 'tracker'],
  web: [...LEVELS_01, 'http'],
  'peer program': [...LEVELS_02, 'io', ...PEER_MACHINE, ...PEER_ADAPTERS],
  'tracker program': [...LEVELS_02, 'io', ...TRACKER_MACHINE, ...TRACKER_ADAPTERS],
  launch: [...LEVELS_02, 'io', 'peer types', 'peer storage', 'wallet', 'workers'],
  sim: [...LEVELS_02, ...PEER_MACHINE, ...TRACKER_MACHINE, 'peer storage', 'tracker storage', 'io'],
  cli: ALL.filter((part) => part !== 'test' && part !== 'bench'),
  test: ALL,
  bench: ALL,
};

/** Parts of levels 0 to 4: pure, synchronous, deterministic. */
export const PURE_PARTS: ReadonlySet<Part> = new Set([
  ...LEVELS_02,
  ...PEER_MACHINE,
  ...TRACKER_MACHINE,
]);

/**
 * The part that a file belongs to, by its path below the project's folder; `undefined`: to none.
 */
export function partOf(path: string): Part | undefined {
  const starts = Object.keys(PARTS).filter((start) => path.startsWith(start));
  const longest = starts.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : PARTS[longest as keyof typeof PARTS];
}

/** Whether the table lets a file import another one, both by path. */
export function mayImport(from: string, to: string): boolean {
  const importer = partOf(from);
  const imported = partOf(to);
  if (importer === undefined || imported === undefined) return false;
  return importer === imported || MAY_IMPORT[importer].includes(imported);
}
