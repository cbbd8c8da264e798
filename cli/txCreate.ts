/** `cairn tx create TO AMOUNT`: plans a payment into a file, to be signed elsewhere. */

import { fromHex } from '../shared/bytes.js';
import { keysOf } from '../shared/config/settings.js';
import { parsePaymentFile } from '../peer/wallet/paymentFile.js';
import { Trouble } from '../shared/io/trouble.js';
import { parseAmount } from './amount.js';
import { chooseAccount } from './chooseAccount.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { refuseToReplace } from './newFile.js';
import { writePaymentFile } from './paymentFiles.js';
import { describePayment } from './paymentView.js';
import { PLAN_OPTIONS, planBodyOf } from './planOptions.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    ...PLAN_OPTIONS,
    out: { kind: { type: 'path' }, about: 'file to write (payment.json)' },
  },
  positionals: ['TO', 'AMOUNT'],
  run: async ({ settings, options, positionals, output }) => {
    const [to = '', text = ''] = positionals;
    const amount = parseAmount(text);
    const path = options.out ?? 'payment.json';
    refuseToReplace(path);
    const client = findNode(settings.values);
    const from = await chooseAccount(client, options.from, '--from ACCOUNT');
    const plan = await ask(client, 'planPayment', {
      body: planBodyOf({ ...options, from, to, amount }),
    });
    const payment = parsePaymentFile(JSON.stringify(plan.payment));
    if (!payment.ok) throw new Trouble('bad-payment', payment.error, 'Is it another version?');
    writePaymentFile(path, payment.value);
    if (options.json === true) output.json({ file: path, ...plan });
    else {
      output.line(describePayment({ ...plan, memo: fromHex(plan.memo) ?? new Uint8Array(0) }));
      output.line(`Wrote ${path}. Next: cairn tx sign ${path}, where the wallet’s words are.`);
    }
    return EXIT.done;
  },
});
