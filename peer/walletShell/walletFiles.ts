/**
 * The two files of a wallet: the vault with its words, sealed and written once, and the document
 * beside it, which has no secrets and is replaced as a whole at each change.
 */

import { dirname, join } from 'node:path';
import { existsSync, rmSync } from 'node:fs';
import type { Entropy } from '../../shared/entropy.js';
import { readFileIfThere, writeFileAtomically } from '../../shared/io/atomicFile.js';
import { fileTrouble } from '../../shared/io/diskTrouble.js';
import { Trouble } from '../../shared/io/trouble.js';
import { Vault } from '../storage/vault.js';
import type { WalletDocument } from '../wallet/document.js';
import { parseDocument, printDocument } from '../wallet/documentJson.js';
import {
  decodeSecret,
  encodeSecret,
  type WalletNetwork,
  type WalletSecret,
} from '../wallet/secret.js';

/** Names in the data directory. */
export const VAULT_FILE = 'wallet.vault';
export const DOCUMENT_FILE = 'wallet.json';
/** Only for their owner: whoever reads the document knows all that he has. */
const MODE = 0o600;

export class WalletFiles {
  readonly #vaultPath: string;
  readonly #documentPath: string;
  readonly #network: WalletNetwork;
  readonly #entropy: Entropy;

  constructor(folder: string, network: WalletNetwork, entropy: Entropy) {
    this.#vaultPath = join(folder, VAULT_FILE);
    this.#documentPath = join(folder, DOCUMENT_FILE);
    this.#network = network;
    this.#entropy = entropy;
  }

  get hasVault(): boolean {
    return existsSync(this.#vaultPath);
  }

  /** Seals the words of a new wallet. Throws `Trouble`, also where there is one. */
  async seal(secret: WalletSecret, passphrase: string): Promise<void> {
    await Vault.create(this.#vaultPath, passphrase, encodeSecret(secret), this.#entropy);
  }

  /** Takes back what `seal` made. */
  removeVault(): void {
    rmSync(this.#vaultPath, { force: true });
  }

  /** Throws `Trouble`. */
  unseal(passphrase: string): Promise<WalletSecret> {
    return unsealVault(this.#vaultPath, passphrase, this.#entropy).then((secret) => {
      this.#refuseOther(secret.network.id, this.#vaultPath);
      return secret;
    });
  }

  /** `undefined` when there is none. Throws `Trouble`. */
  readDocument(): WalletDocument | undefined {
    let text: string | undefined;
    try {
      text = readFileIfThere(this.#documentPath);
    } catch (error) {
      throw fileTrouble(error, this.#documentPath);
    }
    if (text === undefined) return undefined;
    const parsed = parseDocument(text);
    if (!parsed.ok) throw parsed.error === 'newer' ? this.#isNewer() : this.isDamaged();
    this.#refuseOther(parsed.value.networkId, this.#documentPath);
    return parsed.value;
  }

  /** On the disk when it returns. Throws `Trouble`; the old one stays then. */
  writeDocument(document: WalletDocument): void {
    try {
      writeFileAtomically(this.#documentPath, printDocument(document), MODE);
    } catch (error) {
      throw fileTrouble(error, this.#documentPath);
    }
  }

  /** What to say when the document is not what it should be. */
  isDamaged(): Trouble {
    const advice = this.hasVault
      ? 'Move it away and unlock the wallet: its addresses are found again from the words.'
      : 'Put a copy of it in its place.';
    return new Trouble('wallet-damaged', `${this.#documentPath} is damaged.`, advice);
  }

  #isNewer(): Trouble {
    return new Trouble(
      'wallet-too-new',
      `${this.#documentPath} was written by a newer version of cairn.`,
      'Install that version.',
    );
  }

  #refuseOther(id: string, path: string): void {
    if (id === this.#network.id) return;
    throw new Trouble(
      'other-network',
      `${path} is the wallet of another network than ${this.#network.name}.`,
      `Move it out of ${dirname(path)}; its words can be restored here.`,
    );
  }
}

/** What the vault at `path` holds. Throws `Trouble`. */
export async function unsealVault(
  path: string,
  passphrase: string,
  entropy: Entropy,
): Promise<WalletSecret> {
  const { content } = await Vault.open(path, passphrase, entropy);
  return decodeSecret(content);
}

/** What to say where there is neither file. */
export const noWallet = (): Trouble =>
  new Trouble(
    'no-wallet',
    'This node has no wallet.',
    'Make one with cairn wallet create, or cairn wallet restore.',
  );

/** What to say instead of replacing a wallet. */
export const walletExists = (): Trouble =>
  new Trouble(
    'wallet-exists',
    'This node has a wallet already.',
    'Run another node for another wallet; a lost vault comes back from the same words.',
  );
