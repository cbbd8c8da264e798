/** `cairn genesis`: a network file from a template, with a salt of its own. */

import { networkOf } from '../shared/consensus/genesis.js';
import { printParamsJson } from '../shared/consensus/paramsJson.js';
import { KERNEL_CHOICES, UNCHOSEN_KERNEL } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { refuseToReplace } from './newFile.js';

export const command = defineCommand({
  settings: ['config', 'home'],
  options: {
    json: JSON_OPTION,
    template: {
      kind: { type: 'choice', of: ['lan', 'dev'] },
      about: 'lan: 10 s blocks (default); dev: mines on demand',
    },
    name: {
      kind: { type: 'network-name' },
      about: 'name of the network; without it, one that tells it apart',
    },
    out: { kind: { type: 'path' }, about: 'file to write; without it, NAME.json' },
    miners: {
      kind: { type: 'integer', min: 1, max: 100_000 },
      about: 'computers like this one that will mine; the first difficulty fits them (1)',
    },
    kernel: {
      kind: { type: 'choice', of: KERNEL_CHOICES },
      about: `code with which they will hash; the first difficulty fits it (${UNCHOSEN_KERNEL})`,
    },
  },
  positionals: [],
  run: async ({ options, output }) => {
    const [{ makeParams, PEER_CORE_SHARE }, { writeFileAtomically }, { fileTrouble }] =
      await Promise.all([
        import('./makeParams.js'),
        import('../shared/io/atomicFile.js'),
        import('../shared/io/diskTrouble.js'),
      ]);
    const params = await makeParams({
      template: options.template ?? 'lan',
      name: options.name,
      miners: options.miners ?? 1,
      coreShare: PEER_CORE_SHARE,
      kernel: options.kernel,
    });
    const path = options.out ?? `${params.name}.json`;
    // Another network in an old file would cut off all who use it.
    refuseToReplace(path);
    try {
      writeFileAtomically(path, printParamsJson(params));
    } catch (error) {
      throw fileTrouble(error, path);
    }
    const { id } = networkOf(params);
    if (options.json === true) output.json({ file: path, name: params.name, id });
    else output.line(`Wrote network ${params.name} (${id}) to ${path}.\n${nextSteps(path)}`);
    return EXIT.done;
  },
});

const nextSteps = (path: string): string =>
  [
    `Next: cairn tracker --genesis ${path}, then cairn peer --tracker HOST:5009 on each computer;`,
    `or, without a tracker, cairn peer --genesis ${path} --connect HOST:6000.`,
  ].join('\n');
