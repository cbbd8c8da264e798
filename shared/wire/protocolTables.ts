/**
 * The message tables as Markdown, for docs/protocol.md: what the code declares is what is printed.
 */

import { DISCONNECT_REASONS, type DisconnectRow } from './disconnect.js';
import { handshakeProtocol, PROTOCOL_MAX, PROTOCOL_MIN } from './handshakeMessages.js';
import { BLOCK_BYTES_CEILING, peerProtocol } from './peerMessages.js';
import type { MessageRow } from './protocol.js';
import { trackerProtocol } from './trackerMessages.js';

/** All messages with their fields and limits, then all reasons to disconnect. */
export function protocolTables(): string {
  return [
    `This program speaks versions ${PROTOCOL_MIN} to ${PROTOCOL_MAX}. Limits are bytes of payload.`,
    section('Handshake', handshakeProtocol.rows),
    section('Between peers', peerProtocol(BLOCK_BYTES_CEILING).rows),
    section('With a tracker', trackerProtocol.rows),
    `### Reasons to disconnect\n\n${reasonTable()}`,
  ].join('\n\n');
}

function section(title: string, rows: readonly MessageRow[]): string {
  const ordered = [...rows].sort((a, b) => a.number - b.number);
  const overview = table(
    ['number', 'message', 'since', 'limit', 'why that many'],
    ordered.map(({ number, name, since, limit }) => [
      numberText(number),
      `\`${name}\``,
      String(since),
      limit.bytes.toLocaleString('en'),
      limit.why,
    ]),
  );
  return [`### ${title}`, overview, ...ordered.map(messageText)].join('\n\n');
}

function messageText({ number, name, about, fields }: MessageRow): string {
  const rows = Object.entries(fields).map(([field, { kind, about: says }]) => [
    `\`${field}\``,
    kind.shape,
    says,
  ]);
  const body = rows.length === 0 ? 'No fields: an empty array.' : table(FIELD_HEAD, rows);
  return [`#### ${numberText(number)} \`${name}\``, about, body].join('\n\n');
}

const FIELD_HEAD = ['field', 'on the wire', 'says'];

function reasonTable(): string {
  const rows = Object.entries<DisconnectRow>(DISCONNECT_REASONS);
  return table(
    ['reason', 'fault', 'sentence'],
    rows.map(([reason, { fault, sentence }]) => [`\`${reason}\``, fault, sentence]),
  );
}

const numberText = (number: number): string => `0x${number.toString(16).padStart(2, '0')}`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
