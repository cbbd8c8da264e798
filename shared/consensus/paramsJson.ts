/**
 * Network parameters as people write and read them: a JSON file. `docs/protocol.md`, "Network
 * parameters".
 */

import { fromHex, toHex } from '../bytes.js';
import { excerpt } from '../printable.js';
import { fail, type Result } from '../result.js';
import type { Amount, Bits } from '../units.js';
import { decodeAddress, encodeAddress, type AddressProblem } from './address.js';
import { checkParams, type NetworkParams } from './params.js';
import type { TxOutput } from './transaction.js';
import { bitsOf, targetOf } from './work.js';

export interface ParamsJsonProblem {
  /** The key in the file, as `excerpt` shows it; `file` when it is the whole. */
  readonly field: string;
  /** A sentence that says what is wrong with it. */
  readonly problem: string;
}

/** The JSON text of `params`, one key a line; what `parseParamsJson` reads back. */
export function printParamsJson(params: NetworkParams): string {
  const { salt, powLimit, genesisBits, allocations, ...plain } = params;
  const json: Record<keyof NetworkParams, unknown> = {
    ...plain,
    salt: toHex(salt),
    powLimit: printBits(bitsOf(powLimit)),
    genesisBits: printBits(genesisBits),
    allocations: allocations.map(({ amount, address }) => ({
      address: encodeAddress(params.prefix, address),
      amount,
    })),
  };
  const ordered = Object.fromEntries(FIELDS.map((field) => [field, json[field]]));
  return `${JSON.stringify(ordered, undefined, 2)}\n`;
}

/** The parameters in a JSON text: every key, no other one, every value within its bounds. */
export function parseParamsJson(text: string): Result<NetworkParams, ParamsJsonProblem> {
  const json = parseObject(text);
  if (json === undefined) return wrong('file', 'It is not a JSON object.');
  const unknown = Object.keys(json).find((key) => !Object.hasOwn(READERS, key));
  if (unknown !== undefined) return wrong(excerpt(unknown), 'There is no such parameter.');
  for (const field of FIELDS) {
    if (!Object.hasOwn(json, field)) return wrong(field, 'It is missing.');
    if (!READERS[field].holds(json[field])) return wrong(field, READERS[field].sentence);
  }
  return assemble(json as unknown as ParamsJson);
}

/** What the file holds once every value has its type. */
interface ParamsJson extends Omit<
  NetworkParams,
  'salt' | 'powLimit' | 'genesisBits' | 'allocations'
> {
  readonly salt: string;
  readonly powLimit: string;
  readonly genesisBits: string;
  readonly allocations: readonly { readonly address: string; readonly amount: number }[];
}

interface ValueReader {
  readonly holds: (value: unknown) => boolean;
  readonly sentence: string;
}

const WHOLE: ValueReader = {
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  sentence: 'It must be a whole number from 0 to 2^53 - 1.',
};
const TEXT: ValueReader = {
  holds: (value) => typeof value === 'string',
  sentence: 'It must be a text.',
};
const TRUTH: ValueReader = {
  holds: (value) => typeof value === 'boolean',
  sentence: 'It must be true or false.',
};
const SALT: ValueReader = {
  holds: (value) => isHex(value, 32),
  sentence: 'It must be 32 hex digits: 16 random bytes.',
};
const BITS: ValueReader = {
  holds: (value) => isHex(value, 8) && targetOf(readBits(value as string)) !== undefined,
  sentence: 'It must be the 8 hex digits of a compact target, like "1f010000".',
};
const ALLOCATIONS: ValueReader = {
  holds: (value) => Array.isArray(value) && value.every(isAllocation),
  sentence: 'It must be a list of { "address": TEXT, "amount": WHOLE NUMBER }.',
};

/** Every key in the order of the binary layout. */
const READERS: Readonly<Record<keyof NetworkParams, ValueReader>> = {
  rulesVersion: WHOLE,
  salt: SALT,
  name: TEXT,
  prefix: TEXT,
  time: WHOLE,
  targetInterval: WHOLE,
  halfLife: WHOLE,
  cap: WHOLE,
  futureLimit: WHOLE,
  powLimit: BITS,
  genesisBits: BITS,
  fixedTarget: TRUTH,
  subsidy: WHOLE,
  halvingInterval: WHOLE,
  maturity: WHOLE,
  blockBytesMax: WHOLE,
  allocations: ALLOCATIONS,
};
const FIELDS = Object.keys(READERS) as (keyof NetworkParams)[];

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function assemble(json: ParamsJson): Result<NetworkParams, ParamsJsonProblem> {
  const allocations: TxOutput[] = [];
  for (const { address, amount } of json.allocations) {
    const decoded = decodeAddress(json.prefix, address);
    if (!decoded.ok)
      return wrong('allocations', `"${excerpt(address)}" ${ADDRESS_SENTENCES[decoded.error]}.`);
    allocations.push({ amount: amount as Amount, address: decoded.value });
  }
  return checkParams({
    ...json,
    salt: fromHex(json.salt) ?? new Uint8Array(0),
    powLimit: targetOf(readBits(json.powLimit)) ?? 0n,
    genesisBits: readBits(json.genesisBits),
    allocations,
  });
}

const ADDRESS_SENTENCES: Readonly<Record<AddressProblem, string>> = {
  'not-an-address': 'is not an address, or was not copied exactly',
  'other-prefix': "does not begin with this network's prefix",
  'unknown-kind': 'is of a kind that these rules do not know',
};

function isAllocation(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).length !== 2) return false;
  return typeof value['address'] === 'string' && WHOLE.holds(value['amount']);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isHex = (value: unknown, digits: number): boolean =>
  typeof value === 'string' && value.length === digits && fromHex(value) !== undefined;

const readBits = (hex: string): Bits => Number.parseInt(hex, 16) as Bits;

const printBits = (bits: Bits): string => bits.toString(16).padStart(8, '0');

const wrong = (field: string, problem: string): Result<never, ParamsJsonProblem> =>
  fail({ field, problem });
