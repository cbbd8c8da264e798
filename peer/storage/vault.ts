/**
 * A file that only its passphrase opens: scrypt makes a key of that, AES-256-GCM seals what is in
 * the file. Written whole each time, so that there is the old one or the new one, whatever happens.
 *
 * Half of what scrypt gives tells a wrong passphrase from a damaged file; the rest is the key.
 */

import {
  createCipheriv,
  createDecipheriv,
  scrypt,
  timingSafeEqual,
  type CipherGCMTypes,
} from 'node:crypto';
import { promisify } from 'node:util';
import { concatBytes, fromHex, toHex, utf8 } from '../../shared/bytes.js';
import type { Entropy } from '../../shared/entropy.js';
import { readFileIfThere, writeFileAtomically } from '../../shared/io/atomicFile.js';
import { fileTrouble } from '../../shared/io/diskTrouble.js';
import { Trouble } from '../../shared/io/trouble.js';

const CIPHER: CipherGCMTypes = 'aes-256-gcm';
const FORMAT = 1;
/** 64 MB and 0.2 s for each guess (RFC 7914). */
const COST = { n: 65_536, r: 8, p: 1 } as const;
/** What a file may ask of us: 1 GB. */
const COST_MEMORY_MAX = 2 ** 30;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HALF_BYTES = 32;
/** Only for its owner. */
const MODE = 0o600;

interface Keys {
  /** What the file says of the passphrase. */
  readonly proof: Uint8Array;
  readonly key: Uint8Array;
}

/** What stands before what is sealed: all of it is sealed with it. */
interface Head {
  readonly cairnVault: number;
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly proof: string;
}

interface Opened {
  readonly vault: Vault;
  readonly content: Uint8Array;
}

/** An open file: it can be written again without the passphrase. */
export class Vault {
  readonly path: string;
  readonly #head: Head;
  readonly #key: Uint8Array;
  readonly #entropy: Entropy;

  private constructor(path: string, head: Head, key: Uint8Array, entropy: Entropy) {
    this.path = path;
    this.#head = head;
    this.#key = key;
    this.#entropy = entropy;
  }

  /** Makes the file. Throws `Trouble`, also where one is there already. */
  static async create(
    path: string,
    passphrase: string,
    content: Uint8Array,
    entropy: Entropy,
  ): Promise<Vault> {
    if (textOf(path) !== undefined) throw isThere(path);
    const salt = entropy.bytes(SALT_BYTES);
    const { proof, key } = await keysOf(passphrase, { ...COST, salt });
    const head = { cairnVault: FORMAT, ...COST, salt: toHex(salt), proof: toHex(proof) } as const;
    const vault = new Vault(path, head, key, entropy);
    vault.save(content);
    return vault;
  }

  /** Opens the file and gives what is in it. Throws `Trouble`. */
  static async open(path: string, passphrase: string, entropy: Entropy): Promise<Opened> {
    const text = textOf(path);
    if (text === undefined) throw isMissing(path);
    const { head, sealed } = parse(text, path);
    const salt = fromHex(head.salt) ?? new Uint8Array(0);
    const { proof, key } = await keysOf(passphrase, { ...head, salt });
    if (!timingSafeEqual(proof, fromHex(head.proof) ?? new Uint8Array(0))) throw isWrong(path);
    const content = unseal(sealed, head, key);
    if (content === undefined) throw isDamaged(path);
    return { vault: new Vault(path, head, key, entropy), content };
  }

  /** Writes `content` in place of what was there. Throws `Trouble`; the old file stays then. */
  save(content: Uint8Array): void {
    const nonce = this.#entropy.bytes(NONCE_BYTES);
    const sealed = seal(content, { head: this.#head, key: this.#key, nonce });
    try {
      writeFileAtomically(this.path, `${headText(this.#head)}\n${sealed}\n`, MODE);
    } catch (error) {
      throw fileTrouble(error, this.path);
    }
  }
}

interface KeyOptions {
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
}

const scryptAsync = promisify<
  string,
  Uint8Array,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);

async function keysOf(passphrase: string, { n, r, p, salt }: KeyOptions): Promise<Keys> {
  const options = { N: n, r, p, maxmem: 2 * COST_MEMORY_MAX };
  const bytes = await scryptAsync(passphrase.normalize('NFKD'), salt, 2 * HALF_BYTES, options);
  return { proof: bytes.subarray(0, HALF_BYTES), key: bytes.subarray(HALF_BYTES) };
}

/** One line of JSON: its bytes are sealed as well, so that none of it can be changed. */
const headText = ({ cairnVault, n, r, p, salt, proof }: Head): string =>
  JSON.stringify({ cairnVault, n, r, p, salt, proof });

interface Sealing {
  readonly head: Head;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

/** Nonce, tag and what is sealed, in base64. */
function seal(content: Uint8Array, { head, key, nonce }: Sealing): string {
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(utf8(headText(head)));
  const sealed = concatBytes(cipher.update(content), cipher.final());
  return Buffer.from(concatBytes(nonce, cipher.getAuthTag(), sealed)).toString('base64');
}

/** `undefined` when it is not what was sealed. */
function unseal(sealed: Uint8Array, head: Head, key: Uint8Array): Uint8Array | undefined {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(utf8(headText(head)));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const content = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
    return concatBytes(content, decipher.final());
  } catch {
    return undefined;
  }
}

function parse(text: string, path: string): { head: Head; sealed: Uint8Array } {
  const [first = '', second = '', end, ...more] = text.split('\n');
  const head = headIn(first);
  if (head === 'newer') throw isNewer(path);
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/u.test(second) && second.length % 4 === 0;
  const sealed = new Uint8Array(Buffer.from(second, 'base64'));
  const isWhole = isBase64 && end === '' && more.length === 0;
  if (head === undefined || !isWhole || sealed.length < NONCE_BYTES + TAG_BYTES) {
    throw isDamaged(path);
  }
  return { head, sealed };
}

/** `undefined`: not ours, or changed. */
function headIn(line: string): Head | 'newer' | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const head = value as Head | null;
  if (typeof head !== 'object' || !Number.isInteger(head?.cairnVault)) return undefined;
  if (head === null || head.cairnVault < FORMAT) return undefined;
  if (head.cairnVault > FORMAT) return 'newer';
  return isRight(head) && headText(head) === line ? head : undefined;
}

function isRight({ n, r, p, salt, proof }: Head): boolean {
  const isCost = [n, r, p].every((one) => Number.isInteger(one) && one > 0);
  if (!isCost || n < 2 || (n & (n - 1)) !== 0) return false;
  if (128 * n * r + 128 * r * p > COST_MEMORY_MAX) return false;
  return isHex(salt, SALT_BYTES) && isHex(proof, HALF_BYTES);
}

const isHex = (text: unknown, length: number): boolean =>
  typeof text === 'string' && fromHex(text)?.length === length;

function textOf(path: string): string | undefined {
  try {
    return readFileIfThere(path);
  } catch (error) {
    throw fileTrouble(error, path);
  }
}

const isThere = (path: string): Trouble =>
  new Trouble('wallet-exists', `There is a wallet at ${path}.`, 'Open it, or name another file.');

const isMissing = (path: string): Trouble =>
  new Trouble(
    'no-wallet',
    `There is no wallet at ${path}.`,
    'Make one, or restore it from its words.',
  );

const isWrong = (path: string): Trouble =>
  new Trouble(
    'wrong-passphrase',
    `This passphrase does not open ${path}.`,
    'Try again; without it, the wallet can be restored from its words.',
  );

const isDamaged = (path: string): Trouble =>
  new Trouble(
    'wallet-damaged',
    `The wallet in ${path} is damaged.`,
    'Put a copy of it in its place, or move it away and restore the wallet from its words.',
  );

const isNewer = (path: string): Trouble =>
  new Trouble(
    'wallet-too-new',
    `${path} was written by a newer version of cairn.`,
    'Install that version.',
  );
