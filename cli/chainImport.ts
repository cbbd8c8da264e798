/**
 * `cairn chain import FILE`: gives the blocks of a file to a peer, which checks them as any others.
 */

import type { ImportProgress } from '../peer/storage/importChain.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { chooseImportTarget } from './importTarget.js';
import { ProgressLine } from './progress.js';

export const command = defineCommand({
  settings: ['config', 'home', 'node', 'peer.data'],
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: async ({ settings: { values }, options, positionals, output }) => {
    const { openChainFile } = await import('../peer/storage/chainFile.js');
    const file = openChainFile(positionals[0] ?? '');
    const { node, home, 'peer.data': data } = values;
    const target = await chooseImportTarget(file.network, { data, node, home });
    const progress = new ProgressLine('Read', output);
    let last: ImportProgress = { readCount: 0, newCount: 0 };
    let problem: string | undefined;
    try {
      const importing = target.run(file.blocks);
      for (;;) {
        const step = await importing.next();
        if (step.done === true) {
          problem = step.value;
          break;
        }
        last = step.value;
        progress.count(last.readCount);
      }
    } finally {
      progress.end();
      file.close();
      target.close();
    }
    const network = file.network.params.name;
    const counts = `${String(last.readCount)} blocks, ${String(last.newCount)} of them new`;
    if (options.json === true) {
      output.json({ network, into: target.name, ...last, problem: problem ?? null });
    } else output.line(`Imported into ${target.name}: ${counts}.`);
    if (problem === undefined) return EXIT.done;
    output.warn(`${problem} What came before it stays.`);
    return EXIT.wrong;
  },
});
