/**
 * The log of a program. winston writes it, and is loaded only after the start (it costs 50 to 100
 * ms, and a new peer has better things to do): lines before that go straight to the stream.
 */

import pc from 'picocolors';
import type { Logger as Winston, transport as Transport } from 'winston';

import { assertNever } from '../assert.js';
import {
  formatJson,
  formatText,
  LOG_LEVELS,
  type LogFields,
  type LogLevel,
  type LogLine,
} from './logLine.js';
import { LogVolume } from './logVolume.js';

export interface LogOptions {
  readonly format: 'text' | 'json';
  /** The least urgent level that is written. */
  readonly level: LogLevel;
  readonly stream: NodeJS.WritableStream;
  readonly hasColour: boolean;
}

export class Logger {
  readonly #options: LogOptions;
  readonly #volume = new LogVolume();
  readonly #timer: NodeJS.Timeout;
  #winston: Winston | undefined;
  #loading: Promise<void> | undefined;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => void this.#load(), LOAD_AFTER_MS);
  }

  /**
   * `message` is constant: it names the call site, whose volume is capped. What varies goes into
   * `fields`. The same for the other levels.
   */
  error(message: string, fields: LogFields = {}): void {
    this.#log('error', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#log('warn', message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.#log('info', message, fields);
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#log('debug', message, fields);
  }

  /** Writes all that waits. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#loading;
    const winston = this.#winston;
    if (winston === undefined) return;
    await new Promise<void>((resolve) => {
      winston.once('finish', () => {
        resolve();
      });
      winston.end();
    });
  }

  #log(level: LogLevel, message: string, fields: LogFields): void {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(this.#options.level)) return;
    const mono = Number(process.hrtime.bigint()) / 1e6;
    const unixMs = Date.now();
    const line = { level, message, fields, unixMs, mono };
    const text = this.#format(line);
    const answer = this.#volume.admit(message, text.length, mono);
    switch (answer.type) {
      case 'leave-out':
        return;
      case 'start-leaving-out':
        this.#write(
          level,
          this.#format({ ...line, message: LEAVING_OUT, fields: { like: message } }),
        );
        return;
      case 'write':
        if (answer.leftOutCount > 0) this.#tellLeftOut(line, answer.leftOutCount);
        this.#write(level, text);
        return;
      default:
        assertNever(answer);
    }
  }

  #tellLeftOut(line: LogLine, count: number): void {
    const fields = { count, like: line.message };
    this.#write(line.level, this.#format({ ...line, message: LEFT_OUT, fields }));
  }

  #format(line: LogLine): string {
    if (this.#options.format === 'json') return formatJson(line);
    return formatText(line, this.#options.hasColour ? inColour : plain);
  }

  #write(level: LogLevel, text: string): void {
    if (this.#winston === undefined) this.#options.stream.write(`${text}\n`);
    else this.#winston.log(level, text);
  }

  #load(): Promise<void> {
    clearTimeout(this.#timer);
    this.#loading ??= createWinston(this.#options).then((winston) => {
      this.#winston = winston;
    });
    return this.#loading;
  }
}

/** A start is over by then, and most often the first sync, too. */
const LOAD_AFTER_MS = 3_000;

/** Our lines come formatted; winston orders and writes them. */
async function createWinston({ level, stream }: LogOptions): Promise<Winston> {
  const { default: winston } = await import('winston');
  return winston.createLogger({
    level,
    levels: Object.fromEntries(LOG_LEVELS.map((name, i) => [name, i])),
    format: winston.format.printf(({ message }) => String(message)),
    transports: streamTransports(winston.transports, stream),
  });
}

/** winston declares this one as an interface where it takes a class. */
const streamTransports = (
  { Stream }: { readonly Stream: new (options: { stream: NodeJS.WritableStream }) => unknown },
  stream: NodeJS.WritableStream,
): Transport[] => [new Stream({ stream }) as Transport];

const LEAVING_OUT = 'this is logged too often: left out for the rest of the hour';
const LEFT_OUT = 'lines were left out before this one';

const COLOURS = pc.createColors(true);

const plain = (_level: LogLevel, text: string): string => text;

function inColour(level: LogLevel, text: string): string {
  switch (level) {
    case 'error':
      return COLOURS.red(text);
    case 'warn':
      return COLOURS.yellow(text);
    case 'info':
      return COLOURS.green(text);
    case 'debug':
      return COLOURS.dim(text);
    default:
      return assertNever(level);
  }
}
