/** What `GET /metrics` tells of mining, in Prometheus' text format, version 0.0.4. */

import type { Queries } from '../queries.js';
import type { Distribution, HashingFigures } from '../types.js';
import type { KernelFacts } from './nodeJson.js';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface MetricsSources {
  readonly kernel: KernelFacts;
  readonly mining: ReturnType<Queries['mining']>;
  readonly hashing: HashingFigures;
}

interface Sample {
  /** After the metric's name. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One line, starting with a small letter, without a full stop. */
  readonly help: string;
  readonly samples: (sources: MetricsSources) => readonly Sample[];
}

const METRICS: readonly Metric[] = [
  {
    name: 'cairn_mining_kernel_info',
    type: 'gauge',
    help: 'always 1; its labels name the code that hashes and what that makes use of',
    samples: ({ kernel: { name, detail = '' } }) => [
      { labels: { kernel: name, detail }, value: 1 },
    ],
  },
  {
    name: 'cairn_mining_hashes_per_second',
    type: 'gauge',
    help: 'hashes a second, over the last seconds',
    samples: ({ mining }) => [{ value: mining.hashesPerSecond }],
  },
  {
    name: 'cairn_mining_hashes_total',
    type: 'counter',
    help: 'hashes since the start',
    samples: ({ hashing, mining }) => [{ value: hashing.hashes + mining.hashesHere }],
  },
  {
    name: 'cairn_mining_stale_hashes_total',
    type: 'counter',
    help: 'of these, hashes of slices of work during which a job on another block came',
    samples: ({ hashing }) => [{ value: hashing.staleHashes }],
  },
  {
    name: 'cairn_mining_blocks_found_total',
    type: 'counter',
    help: 'blocks that this process found and its chain accepted',
    samples: ({ mining }) => [{ value: mining.blocksFound }],
  },
  {
    name: 'cairn_mining_stale_blocks_total',
    type: 'counter',
    help: 'blocks found too late: for a job that was over',
    samples: ({ mining }) => [{ value: mining.staleFinds }],
  },
  {
    name: 'cairn_mining_interrupt_seconds',
    type: 'histogram',
    help: 'from a job on a new block until all threads that run hash on it',
    samples: ({ hashing }) => samplesOf(hashing.interrupts),
  },
];

/** All metrics as they are now. */
export const metricsText = (sources: MetricsSources): string =>
  METRICS.map((metric) => textOf(metric, sources)).join('');

/** The rows of the table in docs/operations.md, in Markdown. */
export function metricsTable(): string {
  const rows = METRICS.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`);
  return ['| metric | type | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function textOf({ name, type, help, samples }: Metric, sources: MetricsSources): string {
  const lines = samples(sources).map(
    ({ suffix = '', labels = {}, value }) =>
      `${name}${suffix}${printLabels(labels)} ${String(value)}`,
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function samplesOf({ buckets, count, sumSeconds }: Distribution): readonly Sample[] {
  const bucket = (le: string, value: number): Sample => ({
    suffix: '_bucket',
    labels: { le },
    value,
  });
  return [
    ...buckets.map((one) => bucket(String(one.seconds), one.count)),
    bucket('+Inf', count),
    { suffix: '_sum', value: sumSeconds },
    { suffix: '_count', value: count },
  ];
}

function printLabels(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
