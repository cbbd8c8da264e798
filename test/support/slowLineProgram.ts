/**
 * The host in the middle of a slow line: passes wrapped frames on, each after `delayMs`, and loses
 * a share of them. Says `ready`, and at its end how many it lost.
 */

import { createSocket } from 'node:dgram';
import { seededRng } from '../../shared/rng.js';

const [delayMs = 0, lostShare = 0] = process.argv.slice(2).map(Number);
const VXLAN_PORT = 4_789;
const VXLAN_BYTES = 8;
const ETHERNET_BYTES = 14;
const IPV4 = 0x0800;
const TCP = 6;

const rng = seededRng(1);
let lost = 0;

const ends = [0, 1].map((i) => ({
  socket: createSocket('udp4'),
  own: `10.98.${String(i)}.2`,
  far: `10.98.${String(i)}.1`,
}));
const opened = ends.map(({ socket, own }, i) => {
  const other = ends[1 - i];
  socket.on('message', (packet) => {
    if (rng.float() < lostShare) {
      lost++;
      return;
    }
    sumUp(packet.subarray(VXLAN_BYTES));
    setTimeout(() => other?.socket.send(packet, VXLAN_PORT, other.far), delayMs);
  });
  return new Promise<void>((resolve) => {
    socket.bind(VXLAN_PORT, own, resolve);
  });
});
await Promise.all(opened);
process.stdout.write('ready\n');
process.once('SIGTERM', () => {
  process.stdout.write(`${String(lost)}\n`, () => process.exit());
});

/**
 * Writes the checksum of a TCP segment (RFC 9293 §3.1). The kernel leaves that to the network card,
 * and believes a packet that never met one; but not what a program sends.
 */
function sumUp(frame: Buffer): void {
  if (frame.readUInt16BE(ETHERNET_BYTES - 2) !== IPV4) return;
  const packet = frame.subarray(ETHERNET_BYTES);
  if (packet.readUInt8(9) !== TCP) return;
  const headerBytes = (packet.readUInt8(0) & 15) * 4;
  const segment = packet.subarray(headerBytes, packet.readUInt16BE(2));
  segment.writeUInt16BE(0, 16);
  const addresses = packet.subarray(12, 20);
  const sum = (TCP + segment.length + wordsOf(addresses) + wordsOf(segment)) % 0xffff;
  segment.writeUInt16BE(0xffff - sum, 16);
}

/** Its 16-bit words, added up. */
function wordsOf(bytes: Buffer): number {
  let sum = bytes.length % 2 === 0 ? 0 : (bytes.at(-1) ?? 0) << 8;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  return sum;
}
