/** Valid input, changed by its structure. */

export interface Mutant {
  /** What was done; the same words for the same kind of change. */
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Mutants by what was done to them. */
export function byKind<T extends { readonly what: string }>(
  mutants: Iterable<T>,
): ReadonlyMap<string, readonly T[]> {
  const kinds = new Map<string, T[]>();
  for (const mutant of mutants) {
    const others = kinds.get(mutant.what);
    if (others === undefined) kinds.set(mutant.what, [mutant]);
    else others.push(mutant);
  }
  return kinds;
}
