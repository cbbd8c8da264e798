/**
 * Why a connection is ended: the closed set of both programs, on both sides of it. A row says whose
 * fault it is and what the log and the pages print.
 */

export interface DisconnectRow {
  /** `ban`: a provable breach; an honest program of any version never does this. */
  readonly fault: 'ban' | 'none';
  /** One sentence for the operator. */
  readonly sentence: string;
}

const row = (fault: DisconnectRow['fault'], sentence: string): DisconnectRow => ({
  fault,
  sentence,
});

export const DISCONNECT_REASONS = {
  // The other side broke the protocol (frame, msgpack, fields, state table).
  'frame-too-large': row('ban', 'It announced a frame above the limit of its message type.'),
  'frame-empty': row('ban', 'It announced a frame without even a message type.'),
  'message-unknown': row('ban', 'It sent a message type that the agreed version does not know.'),
  'message-malformed': row('ban', 'It sent a message whose fields are not what they must be.'),
  'message-unexpected': row('ban', 'It sent a message that has no place at this point.'),

  // The handshake did not succeed.
  'handshake-timeout': row('none', 'The handshake was not over in time.'),
  'wrong-network': row('none', 'It belongs to another network.'),
  'wrong-version': row('none', 'No protocol version is common to both sides.'),
  'wrong-service': row('none', 'It is not the kind of program that belongs here.'),
  'wrong-key': row('none', 'It is another node than the one that was expected at this address.'),
  'self-connection': row('none', 'The connection leads back to ourselves.'),
  'bad-ready': row('ban', 'Its signature does not prove that it owns its node key.'),
  'duplicate-session': row('none', 'Another live session has the same node key.'),
  banned: row('none', 'It broke a rule before and may not come back yet.'),

  // It fell silent, or slow.
  'ping-timeout': row('none', 'It did not answer three pings.'),
  stalled: row('none', 'It did not deliver what it was asked for in time.'),
  'queue-full': row('none', 'It reads too slowly: too much waits to be sent to it.'),
  flooding: row('none', 'It sends more messages than it may.'),

  // What it sent breaks a rule of the chain.
  'invalid-header': row('ban', 'It sent a header that breaks a rule.'),
  'invalid-block': row('ban', 'It sent a block that breaks a rule.'),
  'invalid-transaction': row('ban', 'It sent a transaction that breaks a rule.'),
  'invalid-proof': row('ban', 'It sent a proof that proves nothing.'),

  // Nobody's fault.
  'too-many-connections': row('none', 'All places are taken.'),
  'not-needed': row('none', 'The connection has served its purpose.'),
  'shutting-down': row('none', 'The program is stopping.'),
  'connection-lost': row('none', 'The connection broke or the other side closed it.'),
} as const satisfies Readonly<Record<string, DisconnectRow>>;

export type DisconnectReason = keyof typeof DISCONNECT_REASONS;
