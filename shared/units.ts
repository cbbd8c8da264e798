/**
 * Branded primitives: values that look alike and must not be mixed up. A brand exists only for the
 * compiler; making one is a plain cast at the place that checked the value.
 */

declare const brand: unique symbol;
/** A map of names, so that a type can carry two brands: of two plain names would come `never`. */
type Brand<T, Name extends string> = T & { readonly [brand]: Readonly<Record<Name, true>> };

/** 64 lower-case hex digits of a 32-byte hash, in Bitcoin's printing order (the bytes reversed). */
export type HashHex = Brand<string, 'HashHex'>;

/** Hash of a block's header, `HashHex`. */
export type BlockHash = HashHex & Brand<string, 'BlockHash'>;

/** SHA-256d of a transaction without its signatures, `HashHex`. */
export type Txid = HashHex & Brand<string, 'Txid'>;

/** RFC 6962 leaf hash of a whole transaction: its identity on the wire, `HashHex`. */
export type Wtxid = HashHex & Brand<string, 'Wtxid'>;

/** 40 lower-case hex digits: the 20-byte hash of an Ed25519 public key, in byte order. */
export type AddressHash = Brand<string, 'AddressHash'>;

/** 64 lower-case hex digits of a node's Ed25519 public key, in byte order. */
export type NodeKey = Brand<string, 'NodeKey'>;

/** Smallest units of value, a safe integer from 0 to 2^53 − 1. */
export type Amount = Brand<number, 'Amount'>;

/** Compact target, the header's `bits`: an unsigned 32-bit integer. */
export type Bits = Brand<number, 'Bits'>;

/** Milliseconds of a monotonic clock with an arbitrary origin: for time-outs only. */
export type MonoMs = Brand<number, 'MonoMs'>;

/** Whole seconds since 1970 by the wall clock: for header times only. */
export type UnixSeconds = Brand<number, 'UnixSeconds'>;

/** The time, always an argument. */
export interface Now {
  readonly mono: MonoMs;
  readonly unix: UnixSeconds;
}

/**
 * A connection above the socket layer: an opaque number that is never used twice in one process.
 */
export type PeerId = Brand<number, 'PeerId'>;
