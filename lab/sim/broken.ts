/** A property that does not hold: it ends a run. */
export class Broken extends Error {
  override readonly name = 'Broken';
}
