/** How a line of the log looks, for people and for programs. Pure. */

import { printable } from '../printable.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
  /** Wall clock, milliseconds since 1970. */
  readonly unixMs: number;
  /** `process.hrtime` in milliseconds: comparable between the processes of one machine. */
  readonly mono: number;
}

/** One JSON object; no field can replace what every line has. */
export function formatJson({ level, message, fields, unixMs, mono }: LogLine): string {
  const always = { time: new Date(unixMs).toISOString(), mono, level, message };
  return JSON.stringify({ ...always, ...fields, ...always });
}

/**
 * `14:03:22.118 info  message  key=value`, by the local clock, in printable ASCII whatever the
 * values are: one with a blank, `"`, `=` or anything else than ASCII is written as a JSON string.
 * The level may be coloured.
 */
export function formatText(
  { level, message, fields, unixMs }: LogLine,
  colour: (level: LogLevel, text: string) => string,
): string {
  const milliseconds = String(unixMs % 1_000).padStart(3, '0');
  const time = `${new Date(unixMs).toTimeString().slice(0, 8)}.${milliseconds}`;
  const values = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${valueText(String(value))}`);
  const words = [time, colour(level, level.padEnd(5)), printable(message)];
  return [words.join(' '), ...values].join('  ');
}

const valueText = (text: string): string =>
  PLAIN.test(text) ? text : printable(JSON.stringify(text));

/** Printable ASCII without blank, `"` and `=`. */
const PLAIN = /^[!#-<>-~]+$/;
