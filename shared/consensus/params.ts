/**
 * The parameters of a network, what its genesis block commits to, and their binary layout.
 * `docs/protocol.md`, "Network parameters".
 */

import { ByteReader } from '../byteReader.js';
import { ByteWriter } from '../byteWriter.js';
import { utf8 } from '../bytes.js';
import { fail, ok, type Result } from '../result.js';
import type { Amount, Bits, UnixSeconds } from '../units.js';
import { scheduleTotal } from './subsidy.js';
import { readOutputs, writeOutput, type TxOutput } from './transaction.js';
import { bitsOf, targetOf } from './work.js';

export interface NetworkParams {
  /** Which set of rules: 1. */
  readonly rulesVersion: number;
  /** 16 random bytes: two networks never share a genesis block. */
  readonly salt: Uint8Array;
  readonly name: string;
  /** What addresses begin with. */
  readonly prefix: string;
  /** Of the genesis header. */
  readonly time: UnixSeconds;
  /** Mean seconds between blocks. */
  readonly targetInterval: number;
  /** Seconds of excess that double the target. */
  readonly halfLife: number;
  /** Longest gap in seconds that moves the difficulty; above it a block's own target is eased. */
  readonly cap: number;
  /** Seconds by which a header's time may be ahead of our clock. */
  readonly futureLimit: number;
  /** The easiest target; one that the compact form holds exactly. */
  readonly powLimit: bigint;
  /** Of the genesis header and of blocks 1 and 2. */
  readonly genesisBits: Bits;
  /** The target never moves; such a network mines on demand. */
  readonly fixedTarget: boolean;
  /** New coins of a block in the first era. */
  readonly subsidy: Amount;
  /** Blocks of an era, after which the subsidy halves. */
  readonly halvingInterval: number;
  /** A coinbase of height h is spendable from height h + maturity on. */
  readonly maturity: number;
  readonly blockBytesMax: number;
  /** Outputs of the genesis block. */
  readonly allocations: readonly TxOutput[];
}

/**
 * Which parameter is wrong (or `bytes`, when they are no parameters at all), and what is, in a
 * sentence.
 */
export interface ParamsProblem {
  readonly field: keyof NetworkParams | 'bytes';
  readonly problem: string;
}

/** Bytes of the parameters before the allocations: what the genesis memo hashes. */
export const FIXED_PARAMS_BYTES = 115;

/** All bytes: 115 of fixed layout, then the allocations as a transaction writes its outputs. */
export function encodeParams(params: NetworkParams): Uint8Array {
  const { allocations } = params;
  const writer = new ByteWriter(FIXED_PARAMS_BYTES + 2 + allocations.length * OUTPUT_BYTES);
  writer.u16(params.rulesVersion);
  writer.bytes(params.salt);
  writer.bytes(padded(params.name, NAME_BYTES));
  writer.bytes(padded(params.prefix, PREFIX_BYTES));
  writer.u32(params.time);
  writer.u32(params.targetInterval);
  writer.u32(params.halfLife);
  writer.u32(params.cap);
  writer.u32(params.futureLimit);
  writer.u32(bitsOf(params.powLimit));
  writer.u32(params.genesisBits);
  writer.u8(params.fixedTarget ? 1 : 0);
  writer.u64(params.subsidy);
  writer.u32(params.halvingInterval);
  writer.u32(params.maturity);
  writer.u32(params.blockBytesMax);
  writer.u16(allocations.length);
  for (const allocation of allocations) writeOutput(writer, allocation);
  return writer.finish();
}

/** The parameters that `bytes` are, to the last byte, when all are within their bounds. */
export function decodeParams(bytes: Uint8Array): Result<NetworkParams, ParamsProblem> {
  const reader = new ByteReader(bytes);
  if (!reader.has(FIXED_PARAMS_BYTES)) return wrong('bytes', 'They end too early.');
  const rulesVersion = reader.u16();
  // Other rules may have another layout: say so before anything that follows is misread.
  if (rulesVersion !== RULES_VERSION) return wrong('rulesVersion', UNKNOWN_RULES);
  const fixed = readFixed(reader);
  if ('problem' in fixed) return fail(fixed);
  const allocations = readOutputs(reader);
  if (typeof allocations === 'string') return wrong('allocations', `They are ${allocations}.`);
  if (reader.has(1)) return wrong('bytes', 'More bytes follow their end.');
  return checkParams({ rulesVersion, ...fixed, allocations });
}

/** `params` when every one is within its bounds: those of strangers may say anything. */
export function checkParams(params: NetworkParams): Result<NetworkParams, ParamsProblem> {
  for (const [field, holds, problem] of BOUNDS) {
    if (!holds(params)) return wrong(field, problem);
  }
  return ok(params);
}

/**
 * The largest `blockBytesMax` for a target interval: 100 kB a second, and what a frame can carry.
 */
export function blockBytesLimit(targetInterval: number): number {
  return Math.min(100_000 * targetInterval, 3_900_000);
}

export const ALLOCATIONS_MAX = 1000;

const RULES_VERSION = 1;
const UNKNOWN_RULES = 'This program knows rules version 1 only.';
const SALT_BYTES = 16;
const NAME_BYTES = 32;
const PREFIX_BYTES = 16;
const OUTPUT_BYTES = 29;

const isInteger = (value: number, min: number, max: number): boolean =>
  Number.isSafeInteger(value) && value >= min && value <= max;

/** 2^200 is 2^56 hashes: minutes for all of Bitcoin, and for ever for anyone else. */
const POW_LIMIT_MIN = 1n << 200n;
/** Two hashes in the mean: 0x207fffff. */
const POW_LIMIT_MAX = 0x7f_ffffn << 232n;
const GENESIS_TARGET_MIN = 1n << 160n;

const BOUNDS: readonly [
  field: keyof NetworkParams,
  holds: (params: NetworkParams) => boolean,
  problem: string,
][] = [
  ['rulesVersion', (p) => p.rulesVersion === RULES_VERSION, UNKNOWN_RULES],
  ['salt', (p) => p.salt.length === SALT_BYTES, 'It must be 16 bytes.'],
  [
    'name',
    (p) => /^[a-z0-9][a-z0-9-]{0,31}$/.test(p.name),
    'It must be 1 to 32 of a-z, 0-9 and "-", and not begin with "-".',
  ],
  ['prefix', (p) => /^[a-z]{1,16}$/.test(p.prefix), 'It must be 1 to 16 of a-z.'],
  ['time', (p) => isInteger(p.time, 1, 0xffff_ffff), 'It must be unix seconds, 1 to 2^32 - 1.'],
  [
    'targetInterval',
    (p) => isInteger(p.targetInterval, 1, 86_400),
    'It must be 1 to 86,400 seconds.',
  ],
  [
    'halfLife',
    (p) => isInteger(p.halfLife, p.targetInterval, 10_000 * p.targetInterval),
    'It must be 1 to 10,000 target intervals.',
  ],
  [
    'cap',
    // Below two intervals gaps could hardly lower the difficulty, which every short one raises.
    (p) => isInteger(p.cap, 2 * p.targetInterval, Math.min(100 * p.halfLife, 0xffff_ffff)),
    'It must be from 2 target intervals to 100 half-lives, 2^32 - 1 seconds at most.',
  ],
  [
    'futureLimit',
    // A miner who could date a block beyond the cap would ease its own target at will.
    (p) => isInteger(p.futureLimit, 1, p.cap / 2),
    'It must be from 1 second to half of the cap.',
  ],
  [
    'powLimit',
    ({ powLimit }) =>
      powLimit >= POW_LIMIT_MIN &&
      powLimit <= POW_LIMIT_MAX &&
      targetOf(bitsOf(powLimit)) === powLimit,
    'It must be a compact target from 2^200 to 0x207fffff.',
  ],
  [
    'genesisBits',
    (p) => isBetween(targetOf(p.genesisBits), GENESIS_TARGET_MIN, p.powLimit),
    'They must be a compact target from 2^160 to the powLimit.',
  ],
  [
    'subsidy',
    (p) => isInteger(p.subsidy, 0, Number.MAX_SAFE_INTEGER),
    'It must be a whole number from 0 to 2^53 - 1.',
  ],
  [
    'halvingInterval',
    (p) => isInteger(p.halvingInterval, 1, 0xffff_ffff),
    'It must be 1 to 2^32 - 1 blocks.',
  ],
  ['maturity', (p) => isInteger(p.maturity, 1, 10_000), 'It must be 1 to 10,000 blocks.'],
  [
    'blockBytesMax',
    (p) => isInteger(p.blockBytesMax, 1000, blockBytesLimit(p.targetInterval)),
    'It must be from 1,000 to 100,000 bytes a second of the target interval, 3,900,000 at most.',
  ],
  ['allocations', (p) => p.allocations.length <= ALLOCATIONS_MAX, 'There are more than 1,000.'],
  [
    'allocations',
    (p) => p.allocations.every(({ amount }) => isInteger(amount, 1, Number.MAX_SAFE_INTEGER)),
    'Each amount must be from 1 to 2^53 - 1.',
  ],
  [
    'subsidy',
    (p) => allMoney(p) <= BigInt(Number.MAX_SAFE_INTEGER),
    'The allocations and all subsidies together must stay below 2^53.',
  ],
];

const isBetween = (value: bigint | undefined, min: bigint, max: bigint): boolean =>
  value !== undefined && value >= min && value <= max;

function allMoney(params: NetworkParams): bigint {
  let sum = scheduleTotal(params);
  for (const { amount } of params.allocations) sum += BigInt(amount);
  return sum;
}

type Fixed = Omit<NetworkParams, 'rulesVersion' | 'allocations'>;

function readFixed(reader: ByteReader): Fixed | ParamsProblem {
  const salt = reader.take(SALT_BYTES).slice();
  const name = unpadded(reader.take(NAME_BYTES));
  if (name === undefined) return { field: 'name', problem: 'It is not padded with zeros.' };
  const prefix = unpadded(reader.take(PREFIX_BYTES));
  if (prefix === undefined) return { field: 'prefix', problem: 'It is not padded with zeros.' };
  const time = reader.u32() as UnixSeconds;
  const [targetInterval, halfLife, cap, futureLimit] = readTimes(reader);
  const powLimit = targetOf(reader.u32() as Bits);
  if (powLimit === undefined) return { field: 'powLimit', problem: 'It is not a compact target.' };
  const genesisBits = reader.u32() as Bits;
  const fixedTarget = reader.u8();
  if (fixedTarget > 1) return { field: 'fixedTarget', problem: 'It must be 0 or 1.' };
  const subsidy = reader.u64();
  if (subsidy === undefined) return { field: 'subsidy', problem: 'It must be below 2^53.' };
  return {
    ...{ salt, name, prefix, time, targetInterval, halfLife, cap, futureLimit },
    ...{ powLimit, genesisBits, fixedTarget: fixedTarget === 1, subsidy: subsidy as Amount },
    halvingInterval: reader.u32(),
    maturity: reader.u32(),
    blockBytesMax: reader.u32(),
  };
}

const readTimes = (reader: ByteReader): [number, number, number, number] => [
  reader.u32(),
  reader.u32(),
  reader.u32(),
  reader.u32(),
];

function padded(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(utf8(text));
  return bytes;
}

/** The text before the zeros that fill `bytes` up; `undefined` when anything follows a zero. */
function unpadded(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  const length = end === -1 ? bytes.length : end;
  if (bytes.subarray(length).some((byte) => byte !== 0)) return undefined;
  return String.fromCharCode(...bytes.subarray(0, length));
}

const wrong = (field: ParamsProblem['field'], problem: string): Result<never, ParamsProblem> =>
  fail({ field, problem });
