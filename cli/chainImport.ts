/**
 * `cairn chain import FILE`: reads blocks from a file, checked as if a peer had sent them. A running peer
 * gets them through its API; the folder of one that rests is opened under its lock.
 */

import { resolve } from 'node:path';
import type { ChainFile } from '../peer/storage/chainFile.js';
import type { ImportProgress } from '../peer/storage/importChain.js';
import { toHex } from '../shared/bytes.js';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findChainFolder } from './findChain.js';
import { ask, findNode, runningPeers } from './findNode.js';
import type { Output } from './output.js';

export const command = defineCommand({
  settings: ['config', 'home', 'node', 'peer.data'],
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: async ({ settings: { values }, options, positionals, output }) => {
    const { openChainFile } = await import('../peer/storage/chainFile.js');
    const path = resolve(positionals[0] ?? '');
    const file = openChainFile(path);
    try {
      const { node, home, 'peer.data': data } = values;
      const folder = data ?? findChainFolder({ data, node, home });
      const peer = runningPeers(home).find(
        ({ dataDirectory }) => dataDirectory === resolve(folder),
      );
      const result =
        peer === undefined
          ? await importDirectly(file, folder)
          : await importOverApi(file, { node: peer.name, home });
      report(result, { path, isJson: options.json === true, output });
      return EXIT.done;
    } finally {
      file.close();
    }
  },
});

/** Opens the chain in `folder`, a new one if there is none, as the only program that does. */
async function importDirectly(file: ChainFile, folder: string): Promise<ImportProgress> {
  const [
    { DataDirectory },
    { CHAIN_FILE, openStore },
    { Chain },
    { importBlocks },
    { systemClock },
  ] = await Promise.all([
    import('../shared/io/dataDirectory.js'),
    import('../peer/storage/openStore.js'),
    import('../peer/chain/chain.js'),
    import('../peer/storage/importChain.js'),
    import('../shared/io/clock.js'),
  ]);
  const directory = new DataDirectory(folder, undefined);
  try {
    const { store } = openStore(directory.file(CHAIN_FILE), file.network);
    try {
      const chain = store.atomically(() => new Chain(file.network, store));
      const now = systemClock().unix;
      const importing = importBlocks({ chain, store, now }, file.blocks);
      let step = importing.next();
      while (step.done !== true) step = importing.next();
      if (step.value.ok) return step.value.value;
      throw new Trouble('block-refused', step.value.error, 'What came before it is kept.');
    } finally {
      store.close();
    }
  } finally {
    directory.close();
  }
}

async function importOverApi(
  file: ChainFile,
  where: { readonly node: string; readonly home: string | undefined },
): Promise<ImportProgress> {
  const client = findNode(where);
  const { id } = await ask(client, 'network', {});
  if (id !== file.network.id) {
    const message = `The file is of network ${file.network.id}, ${where.node} is on ${id}.`;
    throw new Trouble('other-network', message, 'Choose another node with --node.');
  }
  let progress: ImportProgress = { readCount: 0, newCount: 0 };
  for (const block of file.blocks) {
    const { isNew } = await ask(client, 'submitBlock', { body: { hex: toHex(block) } });
    const { readCount, newCount } = progress;
    progress = { readCount: readCount + 1, newCount: newCount + (isNew ? 1 : 0) };
  }
  return progress;
}

function report(
  { readCount, newCount }: ImportProgress,
  { path, isJson, output }: { path: string; isJson: boolean; output: Output },
): void {
  if (isJson) output.json({ file: path, blocks: readCount, new: newCount });
  else
    output.line(`Read ${String(readCount)} blocks from ${path}, ${String(newCount)} of them new.`);
}
