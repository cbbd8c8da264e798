/** `cairn proof TXID|FILE`: writes the proof that a block holds a payment, or a file's stamp. */

import { fromHex, toHex } from '../shared/bytes.js';
import { keysOf } from '../shared/config/settings.js';
import type { NodeClient } from '../shared/http/client.js';
import type { AnswerOf } from '../shared/http/routes.js';
import { Trouble } from '../shared/io/trouble.js';
import type { Txid } from '../shared/units.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode, troubleOf } from './findNode.js';
import { formatTime } from './format.js';
import { refuseToReplace } from './newFile.js';
import { isTxid, parseTxid } from './txid.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    out: { kind: { type: 'path' }, about: 'file to write; without it, TXID.proof or FILE.proof' },
  },
  positionals: ['TXID|FILE'],
  run: async ({ settings, options, positionals, output }) => {
    const [what = ''] = positionals;
    const out = options.out ?? `${what}.proof`;
    refuseToReplace(out);
    const client = findNode(settings.values);
    const txid = isTxid(what) ? parseTxid(what) : await stampOf(client, what);
    const { hex, ...facts } = await proofOf(client, txid);
    await write(out, fromHex(hex));
    if (options.json === true) {
      output.json({ file: out, ...facts });
      return EXIT.done;
    }
    const { height, time, confirmations, blockHash } = facts;
    output.line(
      `Wrote ${out}: block ${String(height)} (${blockHash}) of ${formatTime(time)} holds ` +
        `${txid}; ${String(confirmations)} confirmations.`,
    );
    return EXIT.done;
  },
});

/** Throws `Trouble`, which says so where the payment only waits. */
async function proofOf(client: NodeClient, txid: Txid): Promise<AnswerOf<'proof'>> {
  const proof = await client.call('proof', { params: { txid } });
  if (proof.ok) return proof.value;
  const found = await client.call('transaction', { params: { txid }, query: {} });
  if (found.ok && found.value.waiting !== null) {
    const advice = 'Make its proof once a block holds it: cairn tx show tells.';
    throw new Trouble('still-waiting', `${txid} waits for a block.`, advice);
  }
  throw troubleOf(proof.error, client.baseUrl);
}

async function stampOf(client: NodeClient, path: string): Promise<Txid> {
  const { hashDocument } = await import('./documents.js');
  const document = toHex(hashDocument(path));
  return (await ask(client, 'stamp', { params: { document } })).txid as Txid;
}

async function write(path: string, bytes: Uint8Array | undefined): Promise<void> {
  const [{ writeFileAtomically }, { fileTrouble }] = await Promise.all([
    import('../shared/io/atomicFile.js'),
    import('../shared/io/diskTrouble.js'),
  ]);
  if (bytes === undefined) throw new Trouble('not-a-node', 'The answer of the node is no hex.', '');
  try {
    writeFileAtomically(path, bytes);
  } catch (error) {
    throw fileTrouble(error, path);
  }
}
