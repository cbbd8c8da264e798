/** `cairn tx send FILE`: gives a signed payment to the node. */

import { toHex } from '../shared/bytes.js';
import { keysOf } from '../shared/config/settings.js';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { handIn } from './handIn.js';
import { isSigned, readPaymentFile } from './paymentFiles.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: async ({ settings, options, positionals, output }) => {
    const [path = ''] = positionals;
    const payment = readPaymentFile(path);
    if (!isSigned(payment)) {
      throw new Trouble('not-signed', `${path} is not signed.`, 'Sign it first: cairn tx sign.');
    }
    const { transaction, network } = payment;
    const client = findNode(settings.values);
    const theirs = await ask(client, 'network', {});
    if (theirs.id !== network.id) {
      const message = `The payment is for network ${network.name}, the node is in ${theirs.name}.`;
      throw new Trouble('other-network', message, 'Name a node of that network with --node.');
    }
    const sent = await handIn(client, { transaction: toHex(transaction.bytes) }, transaction.txid);
    if (options.json === true) output.json(sent);
    else if (sent.isInChain) output.line(`It is in the chain already: ${sent.txid}`);
    else output.line(`Sent: ${sent.txid}`);
    return EXIT.done;
  },
});
