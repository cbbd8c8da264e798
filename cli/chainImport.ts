/**
 * `cairn chain import FILE`: gives the blocks of a file to a peer, which checks them as any others.
 */

import type { ImportProgress } from '../peer/storage/importChain.js';
import { Trouble } from '../shared/io/trouble.js';
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
    const tell = (problem: string | undefined): void => {
      const network = file.network.params.name;
      const counts = `${String(last.readCount)} blocks, ${String(last.newCount)} of them new`;
      if (options.json === true) {
        output.json({ network, into: target.name, ...last, problem: problem ?? null });
      } else output.line(`Imported into ${target.name}: ${counts}.`);
    };
    try {
      const importing = target.run(file.blocks);
      let step = await importing.next();
      for (; step.done !== true; step = await importing.next()) {
        last = step.value;
        progress.count(last.readCount);
      }
      progress.end();
      tell(step.value);
      if (step.value === undefined) return EXIT.done;
      output.warn(`${step.value} What came before it stays.`);
      return EXIT.wrong;
    } catch (error) {
      // Where the file ends too early, say, what came before is imported all the same.
      progress.end();
      if (error instanceof Trouble) tell(error.message);
      throw error;
    } finally {
      file.close();
      target.close();
    }
  },
});
