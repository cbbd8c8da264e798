/**
 * What follows for the peer that sent a header or a block which was refused: the table in
 * `reject.ts` says.
 */

import { describeReject, REJECTS, type Reject } from '../../shared/consensus/reject.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

/** Says so, and ends the session where the table finds a fault. */
export function onFault(
  session: Session,
  what: 'header' | 'block',
  reject: Reject,
  outbox: Outbox,
): void {
  const { fault } = REJECTS[reject.code];
  if (fault === 'none') return;
  outbox.tell({ type: 'rejected', what, reject });
  const reason = what === 'header' ? 'invalid-header' : 'invalid-block';
  session.fault(reason, fault === 'ban', describeReject(reject));
}
