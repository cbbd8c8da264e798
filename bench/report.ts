/** What every bench prints: a line for people and a line of JSON for each figure. */

export interface Figure {
  readonly metric: string;
  readonly value: number;
  /** As printed: `ms`, `s`, `tx/s`, `blocks/s`, `bytes`, `MB`, `ratio` … */
  readonly unit: string;
  /** What the figure should reach, for the human line: `≤ 1.0 s`. */
  readonly goal?: string;
}

/** Prints `figures` of `bench`: `{"bench", "metric", "value", "unit"}` after a readable line. */
export function printFigures(bench: string, figures: readonly Figure[]): void {
  for (const { metric, value, unit, goal } of figures) {
    const rounded = roundTo4(value);
    const aim = goal === undefined ? '' : `   (goal ${goal})`;
    console.log(`${bench.padEnd(14)} ${metric.padEnd(36)} ${String(rounded)} ${unit}${aim}`);
    console.log(JSON.stringify({ bench, metric, value: rounded, unit }));
  }
}

/** The value below which `share` (0–1) of `values` lie, by nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

const roundTo4 = (value: number): number => Number(value.toPrecision(4));
