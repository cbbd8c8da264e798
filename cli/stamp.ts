/** `cairn stamp FILE`: a payment to oneself whose memo shows that the file existed. */

import { toHex } from '../shared/bytes.js';
import { keysOf } from '../shared/config/settings.js';
import { stampMemo } from '../shared/stamp.js';
import { chooseAccount } from './chooseAccount.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { hashDocument } from './documents.js';
import { EXIT } from './exitCodes.js';
import { findNode } from './findNode.js';
import { payAfterLook } from './paying.js';
import { PLAN_OPTIONS } from './planOptions.js';
import { YES_OPTION } from './yes.js';

/** Of coins that stay small, one that pays for its own spending at the usual fee rate. */
const AMOUNT = 1_000;

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    from: PLAN_OPTIONS.from,
    'fee-rate': PLAN_OPTIONS['fee-rate'],
    yes: YES_OPTION,
  },
  positionals: ['FILE'],
  run: async ({ settings, options, positionals, output }) => {
    const [file = ''] = positionals;
    const hash = hashDocument(file);
    const client = findNode(settings.values);
    const from = await chooseAccount(client, options.from, '--from ACCOUNT');
    const feeRate = options['fee-rate'];
    const body = {
      ...{ from, to: from, amount: AMOUNT, memo: toHex(stampMemo(hash)) },
      ...(feeRate === undefined ? {} : { feeRate }),
    };
    const asking = { question: 'Send the stamp?', isAgreed: options.yes === true };
    const isJson = options.json === true;
    const { txid, ...plan } = await payAfterLook({ client, body, isJson, ...asking }, output);
    const sha256 = toHex(hash);
    if (isJson) output.json({ ...plan, txid, document: { file, sha256 } });
    else {
      output.line(`Stamped ${file} (SHA-256 ${sha256}): ${txid}`);
      output.line(`Once a block holds it: cairn proof ${file}`);
    }
    return EXIT.done;
  },
});
