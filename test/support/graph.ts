/** Questions about a graph of files: each with those that it imports. */

export type Graph = ReadonlyMap<string, readonly string[]>;

/** The first cycle in a graph, as the files on it, or `undefined`. */
export function cycleIn(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (path: string): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    trail.push(path);
    for (const next of graph.get(path) ?? []) {
      const cycle = walk(next);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    done.add(path);
    return undefined;
  };
  for (const path of graph.keys()) {
    const cycle = walk(path);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** All files that can be reached from `entries`, themselves included. */
export function reachable(graph: Graph, entries: Iterable<string>): Set<string> {
  const seen = new Set(entries);
  for (const path of seen) for (const next of graph.get(path) ?? []) seen.add(next);
  return seen;
}
