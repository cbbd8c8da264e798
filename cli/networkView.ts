/** Shows a network in a terminal: a live table, or plain lines where there is no terminal. */

import {
  failureLines,
  summary,
  TABLE_HEAD,
  tableRows,
  type NetworkView,
  type NodeView,
} from '../lab/launch/networkView.js';
import { alignColumns, formatHashRate } from './format.js';
import type { Output } from './output.js';

export interface NetworkDisplay {
  show(view: NetworkView): void;
  /** A line of its own, above what is live. */
  line(text: string): void;
  /** Leaves the last table on the screen; only lines follow. */
  close(): void;
}

/** The table, as wide as there is room, with its head and the line about the whole. */
export function networkTable(view: NetworkView, output: Output): string {
  const wide = tableLines(view, false);
  const isTooWide = wide.some((line) => line.length > output.columns);
  const [head = '', ...rows] = isTooWide ? tableLines(view, true) : wide;
  const { bold, green, yellow, red } = output.colors;
  const painted = rows.map((row, i) => (view.nodes[i]?.state === 'failed' ? red(row) : row));
  const mark = view.agree ? output.symbols.good : output.symbols.dots;
  const about = `${mark} ${view.network}: ${summary(view)}`;
  const failures = failureLines(view.nodes).map((line) => red(line));
  return [bold(head), ...painted, ...failures, view.agree ? green(about) : yellow(about)].join(
    '\n',
  );
}

function tableLines({ nodes }: NetworkView, isNarrow: boolean): string[] {
  return alignColumns([TABLE_HEAD, ...tableRows(nodes, { formatRate: formatHashRate, isNarrow })]);
}

/** A display that fits the output. */
export async function openDisplay(output: Output): Promise<NetworkDisplay> {
  if (!output.isTerminal) return new PlainLines(output);
  const { createLogUpdate } = await import('log-update');
  return new LiveTable(output, createLogUpdate(process.stdout, { showCursor: true }));
}

type LogUpdate = ReturnType<(typeof import('log-update'))['createLogUpdate']>;

class LiveTable implements NetworkDisplay {
  readonly #output: Output;
  readonly #update: LogUpdate;
  #last = '';
  #isClosed = false;

  constructor(output: Output, update: LogUpdate) {
    this.#output = output;
    this.#update = update;
  }

  show(view: NetworkView): void {
    if (this.#isClosed) return;
    const text = `${networkTable(view, this.#output)}\n${HINT}`;
    this.#last = this.#output.plain(text);
    this.#update(this.#last);
  }

  line(text: string): void {
    if (!this.#isClosed) this.#update.clear();
    this.#output.line(text);
    if (!this.#isClosed && this.#last !== '') this.#update(this.#last);
  }

  close(): void {
    this.#isClosed = true;
    this.#update.done();
  }
}

const HINT = 'Ctrl-C stops the network; its data stays.';

/** How long a network may disagree before that is worth a line. */
const DISAGREEMENT_LINE_MS = 5_000;

/**
 * One line for each block that all agree on, for what stands otherwise for a while, and for each
 * program that fails.
 */
class PlainLines implements NetworkDisplay {
  readonly #output: Output;
  readonly #told = new Set<string>();
  #isClosed = false;
  #lastSummary = '';
  #lastLineAt = performance.now();

  constructor(output: Output) {
    this.#output = output;
  }

  show(view: NetworkView): void {
    if (this.#isClosed) return;
    for (const node of view.nodes) this.#showNode(node);
    const told = summary(view);
    const isLate = performance.now() - this.#lastLineAt > DISAGREEMENT_LINE_MS;
    const answering = view.nodes.flatMap(({ status }) => (status === null ? [] : [status]));
    const isWorthIt = view.agree || (isLate && answering.length > 0);
    if (!isWorthIt || told === this.#lastSummary) return;
    this.#lastSummary = told;
    const rate = answering.reduce((sum, { hashRate }) => sum + hashRate, 0);
    this.line(`${told}, ${formatHashRate(rate)}`);
  }

  line(text: string): void {
    this.#lastLineAt = performance.now();
    this.#output.line(text);
  }

  close(): void {
    this.#isClosed = true;
  }

  #showNode({ name, state, reason, http, tcp, pid }: NodeView): void {
    if (state !== 'running' && state !== 'failed') return;
    const key = `${name} ${state}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    if (state === 'failed') this.line(`${name} FAILED: ${reason}`);
    else this.line(`${name}: ${http} (HTTP), ${tcp} (TCP), pid ${String(pid)}`);
  }
}
