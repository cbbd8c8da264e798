/** The largest size of `all`; 0 of none. */
export function most<T>(all: Iterable<T>, sizeOf: (one: T) => number): number {
  let size = 0;
  for (const one of all) size = Math.max(size, sizeOf(one));
  return size;
}
