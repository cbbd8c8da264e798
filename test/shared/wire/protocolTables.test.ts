import { expect } from 'chai';

import { DISCONNECT_REASONS } from '../../../shared/wire/disconnect.js';
import { handshakeProtocol } from '../../../shared/wire/handshakeMessages.js';
import { peerProtocol } from '../../../shared/wire/peerMessages.js';
import type { MessageRow } from '../../../shared/wire/protocol.js';
import { protocolTables } from '../../../shared/wire/protocolTables.js';
import { trackerProtocol } from '../../../shared/wire/trackerMessages.js';

describe('wire/protocolTables', () => {
  const tables = protocolTables();

  it('prints every message with its number, and every field with its shape', () => {
    const rows: readonly MessageRow[] = [
      ...handshakeProtocol.rows,
      ...peerProtocol(3_900_000).rows,
      ...trackerProtocol.rows,
    ];
    for (const { name, number, fields } of rows) {
      const hex = number.toString(16).padStart(2, '0');
      expect(tables).to.contain(`#### 0x${hex} \`${name}\``);
      for (const [field, { kind, about }] of Object.entries(fields)) {
        expect(tables).to.contain(`| \`${field}\` | ${kind.shape} | ${about} |`);
      }
    }
  });

  it('prints every reason to disconnect', () => {
    for (const [reason, { fault }] of Object.entries(DISCONNECT_REASONS)) {
      expect(tables).to.contain(`| \`${reason}\` | ${fault} |`);
    }
  });

  it('keeps cells free of the characters that end them', () => {
    const cells = tables.split('\n').filter((line) => line.startsWith('|'));
    for (const line of cells) expect(line).to.match(/^\|( [^|]+ \|)+$/);
  });
});
