/**
 * Admits the subset of MessagePack that the wire uses, before a decoder sees the bytes: unsigned
 * integers up to 2^32 − 1, strings, binaries, arrays, nil and booleans, each in its shortest form,
 * one value in all. So no claimed length, nesting, map, extension or float ever reaches the
 * decoder, and a message has exactly one encoding (docs/protocol.md §2).
 */

export interface ScanLimits {
  /** Arrays inside arrays, the outermost included. */
  readonly depthMax: number;
  /** Values in all, arrays and their elements. */
  readonly itemsMax: number;
}

/** Whether `bytes` are exactly one value of the subset, within `limits`. Work: one step a value. */
export function isPlainMsgpack(bytes: Uint8Array, limits: ScanLimits): boolean {
  const scan: Scan = { bytes, offset: 0, itemsLeft: limits.itemsMax };
  return scanValue(scan, limits.depthMax) && scan.offset === bytes.length;
}

interface Scan {
  readonly bytes: Uint8Array;
  offset: number;
  itemsLeft: number;
}

function scanValue(scan: Scan, depthLeft: number): boolean {
  if (scan.offset >= scan.bytes.length || scan.itemsLeft-- <= 0) return false;
  const tag = scan.bytes[scan.offset++] as number;
  if (tag < 0x80) return true; // integer 0–127
  if (tag >= 0x90 && tag < 0xa0) return scanElements(scan, tag & 0x0f, depthLeft);
  if (tag >= 0xa0 && tag < 0xc0) return skip(scan, tag & 0x1f);
  switch (tag) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return true;
    case 0xcc:
      return readUint(scan, 1, 0x80) !== undefined;
    case 0xcd:
      return readUint(scan, 2, 0x100) !== undefined;
    case 0xce:
      return readUint(scan, 4, 0x1_0000) !== undefined;
    case 0xc4:
      return skip(scan, readUint(scan, 1, 0));
    case 0xc5:
      return skip(scan, readUint(scan, 2, 0x100));
    case 0xc6:
      return skip(scan, readUint(scan, 4, 0x1_0000));
    case 0xd9:
      return skip(scan, readUint(scan, 1, 32));
    case 0xda:
      return skip(scan, readUint(scan, 2, 0x100));
    case 0xdb:
      return skip(scan, readUint(scan, 4, 0x1_0000));
    case 0xdc:
      return scanElements(scan, readUint(scan, 2, 16), depthLeft);
    case 0xdd:
      return scanElements(scan, readUint(scan, 4, 0x1_0000), depthLeft);
    default:
      return false;
  }
}

/** The next `size` bytes as a number that needs them, that is, of at least `min`. */
function readUint(scan: Scan, size: number, min: number): number | undefined {
  if (scan.bytes.length - scan.offset < size) return undefined;
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 0x100 + (scan.bytes[scan.offset++] as number);
  return value >= min ? value : undefined;
}

function skip(scan: Scan, length: number | undefined): boolean {
  if (length === undefined || length > scan.bytes.length - scan.offset) return false;
  scan.offset += length;
  return true;
}

function scanElements(scan: Scan, count: number | undefined, depthLeft: number): boolean {
  if (count === undefined || depthLeft === 0) return false;
  for (let i = 0; i < count; i++) if (!scanValue(scan, depthLeft - 1)) return false;
  return true;
}
