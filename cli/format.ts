/** Numbers, times and hashes as people read them. */

const RATES = ['H/s', 'kH/s', 'MH/s', 'GH/s', 'TH/s'] as const;

/** Three digits and a unit: `1.23 MH/s`. */
export function formatHashRate(perSecond: number): string {
  let value = perSecond;
  let unit = 0;
  while (value >= 999.5 && unit < RATES.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = value >= 99.5 || unit === 0 ? 0 : value >= 9.95 ? 1 : 2;
  return `${value.toFixed(digits)} ${RATES[unit] ?? ''}`;
}

/** The two largest units: `3 s`, `2 min 5 s`, `1 h 4 min`, `2 d 3 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([size]) => whole >= size);
  if (first === -1) return '0 s';
  let rest = whole;
  const parts = units.slice(first, first + 2).map(([size, name]) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return count === 0 ? '' : `${String(count)} ${name}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** The same, in milliseconds below a second. */
export function formatWait(seconds: number): string {
  if (seconds >= 1) return formatDuration(seconds);
  return seconds < 0.001 ? '< 1 ms' : `${String(Math.round(seconds * 1_000))} ms`;
}

/** `1 coin`, `2 coins`. */
export const formatCount = (count: number, noun: string): string =>
  `${String(count)} ${noun}${count === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`;

/** `2026-11-21 08:30:05 UTC`. */
export const formatTime = (unix: number): string =>
  `${new Date(unix * 1_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/**
 * The digits of a hash that tell it apart: the last ones, because the first ones of a proof of work
 * are zeros.
 */
export const shortHash = (hash: string): string => hash.slice(-8);

/** Columns of equal width, two spaces apart; the last one is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  }
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
