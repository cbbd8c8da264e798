/** `cairn chain verify`: recomputes a chain from genesis, also while its peer runs. */

import { join } from 'node:path';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findChainFolder } from './findChain.js';
import { ProgressLine } from './progress.js';

export const command = defineCommand({
  settings: ['config', 'home', 'node', 'peer.data'],
  options: { json: JSON_OPTION },
  positionals: [],
  run: async ({ settings: { values }, options, output }) => {
    const [{ openSnapshot }, { verifyChain }, { CHAIN_FILE }] = await Promise.all([
      import('../peer/storage/snapshot.js'),
      import('../peer/storage/verifyChain.js'),
      import('../peer/storage/openStore.js'),
    ]);
    const { node, home, 'peer.data': data } = values;
    const folder = findChainFolder({ data, node, home });
    const snapshot = openSnapshot(join(folder, CHAIN_FILE));
    const progress = new ProgressLine('Verified', output);
    const verifying = verifyChain(snapshot);
    let step = verifying.next();
    for (; step.done !== true; step = verifying.next())
      progress.show(step.value.done, step.value.of);
    progress.end();
    const { name } = snapshot.network.params;
    snapshot.close();
    if (step.value.ok) {
      const { height, tip, transactionCount, coinCount } = step.value.value;
      if (options.json === true)
        output.json({ valid: true, folder, network: name, ...step.value.value });
      else {
        output.line(
          `The chain of ${name} in ${folder} is right: ${String(height)} blocks to ${tip}, ` +
            `${String(transactionCount)} transactions, ${String(coinCount)} coins.`,
        );
      }
      return EXIT.done;
    }
    const { type, problem, advice } = step.value.error;
    if (options.json === true)
      output.json({ valid: false, folder, network: name, type, problem, advice });
    else output.warn(`The chain of ${name} in ${folder} is ${WORDS[type]}: ${problem}\n${advice}`);
    return EXIT.wrong;
  },
});

const WORDS = { wrong: 'WRONG', lost: 'not whole' };
