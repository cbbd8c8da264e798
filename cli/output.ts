/** Where a command writes, and what that place can show. */

import colors from 'picocolors';

type Colors = ReturnType<typeof colors.createColors>;

/** Marks that never stand alone: a word beside them says the same. */
export interface Symbols {
  readonly good: string;
  readonly bad: string;
  readonly none: string;
  readonly dots: string;
}

export class Output {
  readonly isTerminal: boolean;
  readonly isUnicode: boolean;
  readonly colors: Colors;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.isTerminal = process.stdout.isTTY;
    this.isUnicode = canShowUnicode(environment, process.platform);
    this.colors = colors.createColors(this.isTerminal && colors.isColorSupported);
  }

  get columns(): number {
    return this.isTerminal ? process.stdout.columns : 120;
  }

  get symbols(): Symbols {
    return this.isUnicode ? UNICODE : ASCII;
  }

  line(text = ''): void {
    process.stdout.write(`${this.plain(text)}\n`);
  }

  json(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** A line on stderr. */
  warn(text: string): void {
    process.stderr.write(`${this.plain(text)}\n`);
  }

  /** `text` in ASCII, where the terminal shows nothing else. */
  plain(text: string): string {
    return this.isUnicode ? text : text.replaceAll(/\P{ASCII}/gu, asciiOf);
  }
}

const UNICODE: Symbols = { good: '✔', bad: '✘', none: '–', dots: '…' };
const ASCII: Symbols = { good: '+', bad: 'x', none: '-', dots: '...' };

const REPLACEMENTS: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '’': "'",
  '“': '"',
  '”': '"',
  '✔': '+',
  '✘': 'x',
  '×': 'x',
  '→': '->',
  '≈': '~',
  '·': '.',
};

const asciiOf = (character: string): string => REPLACEMENTS[character] ?? '?';

/** By the rules of locale(7); Windows' own terminal announces itself. */
export function canShowUnicode(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
): boolean {
  if (platform === 'win32') return environment['WT_SESSION'] !== undefined;
  const locale = [environment['LC_ALL'], environment['LC_CTYPE'], environment['LANG']];
  const chosen = locale.find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(chosen ?? '');
}
