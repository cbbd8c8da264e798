/**
 * What we ask of an Ed25519 key and signature before any library sees them. Libraries disagree on
 * points of small order and on encodings that are not canonical, and only there (ZIP 215 lists the
 * cases); refusing those first makes the rule ours. `docs/protocol.md`, "Signatures".
 */

/**
 * Whether `key` (32 bytes) and `signature` (R ‖ S, 64 bytes) have their lengths, encode the points
 * canonically (y < p) and not of small order, and S < L (RFC 8032 §5.1.7).
 */
export function isStrict(key: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  return isGoodPoint(key) && isGoodPoint(signature) && isBelowOrder(signature);
}

/** Looks at the first 32 bytes: y little-endian, the sign of x in the top bit. */
function isGoodPoint(bytes: Uint8Array): boolean {
  return isBelowFieldPrime(bytes) && !SMALL_ORDER_Y.some((y) => hasY(bytes, y));
}

/** y < p = 2^255 − 19. */
function isBelowFieldPrime(bytes: Uint8Array): boolean {
  if ((at(bytes, 31) & 0x7f) !== 0x7f) return true;
  for (let i = 30; i > 0; i--) if (at(bytes, i) !== 0xff) return true;
  return at(bytes, 0) < 0xed;
}

/**
 * The y of the eight points whose order divides 8, x of either sign: 0 (order 4), 1 (the neutral
 * element), p − 1 (order 2), and the two of order 8.
 */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(constant);

function hasY(bytes: Uint8Array, y: Uint8Array): boolean {
  for (let i = 0; i < 31; i++) if (at(bytes, i) !== at(y, i)) return false;
  return (at(bytes, 31) & 0x7f) === at(y, 31);
}

/** S < L = 2^252 + 27742317777372353535851937790883648493, the order of the base point. */
function isBelowOrder(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = at(signature, 32 + i) - at(ORDER, i);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const ORDER = constant('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

function constant(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const at = (bytes: Uint8Array, i: number): number => bytes[i] as number;
