/** Internet addresses: IP and port, one text and one 16-byte form each, and how far they reach. */

/** `host` is an IP address in its canonical text (RFC 5952; IPv4 dotted); `port` is 1–65535. */
export interface NetAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * How far an address reaches. `private`: RFC 1918, RFC 6598, RFC 4193, link-local and site-local.
 */
export type NetScope = 'loopback' | 'private' | 'public' | 'multicast' | 'unspecified';

/**
 * `127.0.0.1:6000` or `[::1]:6000`; `undefined` when `text` is anything else. Names are not
 * resolved.
 */
export function parseNetAddress(text: string): NetAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  const host = canonicalHost(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 0xffff) return undefined;
  return { host, port };
}

/** The text that `parseNetAddress` reads; also the key of maps and sets. */
export const printNetAddress = ({ host, port }: NetAddress): string =>
  host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;

/**
 * The canonical text of an IP address (an IPv4-mapped one becomes IPv4), `undefined` for others.
 */
export function canonicalHost(text: string): string | undefined {
  const bytes = parseHost(text);
  return bytes === undefined ? undefined : decodeHost(bytes);
}

/** 16 bytes, network byte order, IPv4 as `::ffff:a.b.c.d`. `host` is canonical. */
export function encodeHost(host: string): Uint8Array {
  const bytes = parseHost(host);
  if (bytes === undefined) throw new RangeError(`not an IP address: ${host}`);
  return bytes;
}

/** The canonical text of 16 bytes. */
export function decodeHost(bytes: Uint8Array): string {
  if (isMapped(bytes)) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => group(bytes, i));
  const zeros = longestZeros(groups);
  const print = (some: readonly number[]): string => some.map((g) => g.toString(16)).join(':');
  if (zeros.length < 2) return print(groups);
  const [head, tail] = [groups.slice(0, zeros.start), groups.slice(zeros.start + zeros.length)];
  return `${print(head)}::${print(tail)}`;
}

/** How far `host`, a canonical text, reaches. */
export function scopeOf(host: string): NetScope {
  const bytes = encodeHost(host);
  return isMapped(bytes) ? scopeOf4(bytes.subarray(12)) : scopeOf6(bytes);
}

function scopeOf4(bytes: Uint8Array): NetScope {
  const [a, b] = bytes as unknown as [number, number];
  if (a === 0) return 'unspecified';
  if (a === 127) return 'loopback';
  if (a >= 224) return 'multicast';
  const isPrivate =
    a === 10 ||
    (a === 172 && b >> 4 === 1) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >> 6 === 1);
  return isPrivate ? 'private' : 'public';
}

function scopeOf6(bytes: Uint8Array): NetScope {
  const [a, b] = bytes as unknown as [number, number];
  if (bytes.subarray(0, 15).every((byte) => byte === 0)) {
    if (bytes[15] === 0) return 'unspecified';
    if (bytes[15] === 1) return 'loopback';
  }
  if (a === 0xff) return 'multicast';
  const isPrivate = (a & 0xfe) === 0xfc || (a === 0xfe && b >= 0x80);
  return isPrivate ? 'private' : 'public';
}

const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

const isMapped = (bytes: Uint8Array): boolean =>
  MAPPED_PREFIX.every((byte, i) => bytes[i] === byte);

const group = (bytes: Uint8Array, i: number): number =>
  ((bytes[i * 2] as number) << 8) | (bytes[i * 2 + 1] as number);

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > longest.length) longest = { start, length };
  }
  return longest;
}

const parseHost = (text: string): Uint8Array | undefined =>
  text.includes(':') ? parseIpv6(text) : parseIpv4(text);

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const isNumber = (part: string): boolean =>
    /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255;
  if (parts.length !== 4 || !parts.every(isNumber)) return undefined;
  return new Uint8Array([...MAPPED_PREFIX, ...parts.map(Number)]);
}

/** Eight groups, or fewer around one `::`, which stands for at least one group of zeros. */
function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  const [head, tail] = halves.map((half, i) => parseGroups(half, i === halves.length - 1));
  if (halves.length > 2 || head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? joinGroups(head) : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  const zeros = Array<number>(8 - head.length - tail.length).fill(0);
  return joinGroups([...head, ...zeros, ...tail]);
}

/** The numbers of `a:b:c`; at the end of the whole address the last may be dotted IPv4. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const ipv4 = isEnd ? parseIpv4(parts.at(-1) as string) : undefined;
  const hexParts = ipv4 === undefined ? parts : parts.slice(0, -1);
  if (!hexParts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  const groups = hexParts.map((part) => Number.parseInt(part, 16));
  return ipv4 === undefined ? groups : [...groups, group(ipv4, 6), group(ipv4, 7)];
}

function joinGroups(groups: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(16);
  groups.forEach((number, i) => {
    bytes[i * 2] = number >> 8;
    bytes[i * 2 + 1] = number & 0xff;
  });
  return bytes;
}
