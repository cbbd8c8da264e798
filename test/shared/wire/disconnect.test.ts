import { expect } from 'chai';

import { DISCONNECT_REASONS, type DisconnectRow } from '../../../shared/wire/disconnect.js';

describe('wire/disconnect', () => {
  const rows = Object.entries<DisconnectRow>(DISCONNECT_REASONS);

  it('has one sentence of its own for each reason', () => {
    for (const [, { sentence }] of rows) expect(sentence).to.match(/^[A-Z].*\.$/);
    expect(new Set(rows.map(([, { sentence }]) => sentence)).size).to.equal(rows.length);
  });

  it('bans only for what no honest program does', () => {
    const banning = rows.filter(([, { fault }]) => fault === 'ban').map(([reason]) => reason);
    expect(banning).to.have.members([
      ...['frame-too-large', 'frame-empty', 'message-unknown', 'message-malformed'],
      ...['message-unexpected', 'bad-ready', 'invalid-header', 'invalid-block'],
    ]);
  });
});
