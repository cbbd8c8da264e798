/** `cairn tx read FILE`: what a payment does, from its bytes alone, without node or wallet. */

import { missingSignatures } from '../peer/wallet/payment.js';
import { toHex } from '../shared/bytes.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { isSigned, readPaymentFile, shownOf } from './paymentFiles.js';
import { describePayment } from './paymentView.js';

export const command = defineCommand({
  settings: ['config', 'home'],
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: ({ options, positionals, output }) => {
    const payment = readPaymentFile(positionals[0] ?? '');
    const shown = shownOf(payment, new Set());
    const missing = missingSignatures(payment.transaction);
    const signed = isSigned(payment);
    const { txid } = payment.transaction;
    if (options.json === true) {
      const { network } = payment;
      const memo = toHex(shown.memo);
      output.json({ txid, network, ...shown, memo, isSigned: signed, missing });
    } else {
      const state = signed ? 'signed' : `not signed: ${String(missing)} signatures are missing`;
      output.line(describePayment(shown));
      output.line(`txid ${txid}, ${state}, for network ${payment.network.name}`);
    }
    return Promise.resolve(EXIT.done);
  },
});
