/** `cairn status [--watch]`: where a node stands. */

import { keysOf } from '../shared/config/settings.js';
import type { NodeClient } from '../shared/http/client.js';
import type { StatusJson } from '../shared/http/nodeSchemas.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { NotRunning } from './notRunning.js';
import { alignColumns, formatCount, formatDuration, formatHashRate } from './format.js';
import type { Output } from './output.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    watch: { kind: { type: 'boolean' }, about: 'show it anew each second, until Ctrl-C' },
  },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const client = findNode(settings.values);
    if (options.watch === true) return watch(client, output, options.json === true);
    const status = await ask(client, 'status', {});
    if (options.json === true) output.json(status);
    else output.line(describeStatus(status, client.baseUrl));
    return EXIT.done;
  },
});

/** Several lines for people. */
export function describeStatus(status: StatusJson, url: string): string {
  const age = formatDuration(Date.now() / 1_000 - status.tipTime);
  const behind = status.headerHeight - status.height;
  const sync = status.synced ? 'synced' : `syncing, ${String(Math.max(0, behind))} blocks behind`;
  if (status.light) return describeLight(status, url, age);
  const mining = status.mining ? `on, ${formatHashRate(status.hashRate)}` : 'off';
  const kernel = describeKernel(status);
  return alignColumns([
    ['node', `${status.name} at ${url} (cairn ${status.version}, pid ${String(status.pid)})`],
    ['network', `${status.network} (${status.networkId})`],
    ['height', `${String(status.height)} (${sync})`],
    ['index', describeIndex(status)],
    ['tip', `${status.tip}, ${age} old`],
    ['work', `0x${status.chainWork.replace(/^0+(?=.)/, '')}`],
    ['peers', String(status.peers)],
    ['pending', describePending(status.mempool)],
    ['tracker', status.tracker],
    ['mining', kernel === '' ? mining : `${mining} (${kernel})`],
    ['up', formatDuration(status.uptimeSeconds)],
  ]).join('\n');
}

/** A light peer keeps headers, and what was proven of its wallet's payments. */
function describeLight(status: StatusJson, url: string, age: string): string {
  const { name, version, pid, network, networkId, mempool } = status;
  const count = mempool.count === 0 ? 'none' : formatCount(mempool.count, 'payment');
  return alignColumns([
    ['node', `${name} at ${url} (cairn ${version}, pid ${String(pid)}), a light peer`],
    ['network', `${network} (${networkId})`],
    ['headers', `${String(status.height)} (${status.synced ? 'synced' : 'asking'})`],
    ['tip', `${status.tip}, ${age} old`],
    ['work', `0x${status.chainWork.replace(/^0+(?=.)/, '')}`],
    ['peers', String(status.peers)],
    ['unconfirmed', count],
    ['tracker', status.tracker],
    ['up', formatDuration(status.uptimeSeconds)],
  ]).join('\n');
}

function describePending({ count, bytes }: StatusJson['mempool']): string {
  if (count === 0) return 'no transactions';
  return `${formatCount(count, 'transaction')}, ${String(Math.ceil(bytes / 1_000))} kB`;
}

function describeIndex({ indexHeight, height }: StatusJson): string {
  if (indexHeight === null) return 'off';
  const behind = height - indexHeight;
  return behind > 0 ? `${String(behind)} blocks behind` : 'at the tip';
}

/** `kernel native, AVX-512` */
function describeKernel({ kernel, kernelDetail }: StatusJson): string {
  if (kernel === null) return '';
  return `kernel ${kernel}${kernelDetail === null ? '' : `, ${kernelDetail}`}`;
}

const WATCH_INTERVAL_MS = 1_000;

/** Runs until a signal ends the process. A node that is gone for a while is shown as gone. */
async function watch(client: NodeClient, output: Output, isJson: boolean): Promise<ExitCode> {
  const show = await shower(output, isJson);
  for (;;) {
    try {
      const status = await ask(client, 'status', {});
      show(isJson ? JSON.stringify(status) : describeStatus(status, client.baseUrl));
    } catch (error) {
      if (!(error instanceof NotRunning)) throw error;
      show(isJson ? JSON.stringify({ error: error.code }) : error.message);
    }
    await new Promise((resolve) => setTimeout(resolve, WATCH_INTERVAL_MS));
  }
}

/** On a terminal each text replaces the one before; elsewhere only what changed is written. */
async function shower(output: Output, isJson: boolean): Promise<(text: string) => void> {
  if (output.isTerminal && !isJson) {
    const { default: logUpdate } = await import('log-update');
    return (text) => {
      logUpdate(output.plain(text));
    };
  }
  let last = '';
  return (text) => {
    if (text !== last) output.line(text);
    last = text;
  };
}
