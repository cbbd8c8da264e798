/** `cairn tx sign FILE`: signs with the wallet’s file alone; no node need run. */

import { dirname, join } from 'node:path';
import { hashBytes } from '../shared/bytes.js';
import { addressOf } from '../shared/consensus/address.js';
import { describeReject } from '../shared/consensus/reject.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { Trouble } from '../shared/io/trouble.js';
import type { AddressHash } from '../shared/units.js';
import { signPayment } from '../peer/wallet/payment.js';
import { keyPairsAt, type PaymentFile } from '../peer/wallet/paymentFile.js';
import type { WalletSecret } from '../peer/wallet/secret.js';
import { seedOf } from '../peer/wallet/words.js';
import { unsealVault, VAULT_FILE } from '../peer/walletShell/walletFiles.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findChainFolder } from './findChain.js';
import { askPassphrase, PASSPHRASE_OPTION } from './passphrase.js';
import { refuseToReplace } from './newFile.js';
import { readPaymentFile, shownOf, writePaymentFile } from './paymentFiles.js';
import { describePayment } from './paymentView.js';
import { Prompt } from './prompt.js';
import { demandYes, refuseToAskBlind, YES_OPTION } from './yes.js';

export const command = defineCommand({
  settings: ['config', 'home', 'node', 'peer.data'],
  options: {
    json: JSON_OPTION,
    'passphrase-file': PASSPHRASE_OPTION,
    wallet: {
      kind: { type: 'path' },
      about: `the wallet’s file, ${VAULT_FILE}; without it, that of the peer on this computer`,
    },
    out: { kind: { type: 'path' }, about: 'file to write (FILE with .signed before .json)' },
    yes: YES_OPTION,
  },
  positionals: ['FILE'],
  run: async ({ settings: { values }, options, positionals, output }) => {
    const [path = ''] = positionals;
    const payment = readPaymentFile(path);
    refuseToAskBlind(options.json === true, options.yes === true);
    const out = options.out ?? `${path.replace(/\.json$/, '')}.signed.json`;
    refuseToReplace(out);
    const { node, home, 'peer.data': data } = values;
    const vault = options.wallet ?? join(findChainFolder({ data, node, home }), VAULT_FILE);
    const prompt = new Prompt();
    const passphrase = await askPassphrase(options['passphrase-file'], prompt);
    const secret = await unsealVault(vault, passphrase, systemEntropy);
    refuseOther(payment, secret, vault);
    const pairs = keyPairsAt(seedOf(secret.words), payment.paths);
    const own = new Set(pairs.map(({ address }) => address));
    refuseForeign(payment, own);
    // Addresses as the wallet's own network prints them, whatever the file says.
    const shown = shownOf({ ...payment, network: secret.network }, own);
    if (options.json !== true) output.line(describePayment(shown));
    await demandYes('Sign it?', { isAgreed: options.yes === true, prompt, output });
    prompt.close();
    const id = hashBytes(secret.network.id);
    const signed = signPayment(payment.transaction.bytes, pairs, id);
    if (!signed.ok) throw new Trouble('bad-payment', describeReject(signed.error), '');
    const { transaction, missing } = signed.value;
    writePaymentFile(out, { ...payment, transaction });
    const { txid, lockHeight } = transaction;
    if (options.json === true) output.json({ file: out, txid, missing, lockHeight });
    else output.line(missing === 0 ? `Wrote ${out}. ${NEXT}` : stillMissing(out, missing));
    return EXIT.done;
  },
});

const NEXT = 'Next: cairn tx send, where a node runs.';

const stillMissing = (out: string, missing: number): string =>
  `Wrote ${out}; ${String(missing)} signatures of other wallets are missing.`;

function refuseOther({ network }: PaymentFile, secret: WalletSecret, vault: string): void {
  if (network.id === secret.network.id) return;
  throw new Trouble(
    'other-network',
    `The payment is for network ${network.name}, the wallet for ${secret.network.name}.`,
    `Use the wallet of that network; this one is in ${dirname(vault)}.`,
  );
}

/** Throws `Trouble` where the wallet has no key that the payment wants. */
function refuseForeign({ transaction }: PaymentFile, own: ReadonlySet<AddressHash>): void {
  if (transaction.keys.some((key) => own.has(addressOf(key)))) return;
  throw new Trouble(
    'no-own-key',
    'This wallet has no key of the payment: there is nothing to sign.',
    'Name the wallet that pays with --wallet.',
  );
}
