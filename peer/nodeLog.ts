/** What a node tells, as lines of its log. */

import { assertNever } from '../shared/assert.js';
import { describeReject } from '../shared/consensus/reject.js';
import type { Logger } from '../shared/io/logger.js';
import { printNetAddress } from '../shared/wire/netAddress.js';
import type { NodeEvent, PeerSummary } from './types.js';

export class NodeLog {
  readonly #logger: Logger;
  #isSyncing = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  onEvent(event: NodeEvent): void {
    const logger = this.#logger;
    switch (event.type) {
      case 'block-connected':
      case 'block-disconnected':
        logger.debug(event.type, { height: event.height, hash: event.hash });
        return;
      case 'tip-changed':
        this.#onTip(event);
        return;
      case 'reorganised':
        logger.info('reorganised', { depth: event.depth, from: event.from, to: event.to });
        return;
      case 'syncing':
        this.#isSyncing = true;
        logger.info('syncing', { height: event.height, of: event.headerHeight });
        return;
      case 'synced':
        this.#isSyncing = false;
        logger.info('synced', { height: event.height });
        return;
      case 'block-mined':
        logger.info('mined a block', { height: event.height, hash: event.hash });
        return;
      case 'rejected':
        logger.warn('rejected', { what: event.what, why: describeReject(event.reject) });
        return;
      case 'peer-ready':
        logger.info('peer ready', peerFields(event.peer));
        return;
      case 'peer-gone':
        logger.info('peer gone', {
          ...peerFields(event.peer),
          reason: event.reason,
          sentence: event.sentence,
        });
        return;
      case 'tracker':
        logTracker(logger, event);
        return;
      case 'notice':
        logger.warn('notice', { code: event.code, sentence: event.sentence });
        return;
      default:
        assertNever(event);
    }
  }

  /** In a long sync the tip changes a hundred times a second, which tells nobody anything. */
  #onTip({ height, hash }: Extract<NodeEvent, { type: 'tip-changed' }>): void {
    if (this.#isSyncing) this.#logger.debug('new tip', { height, hash });
    else this.#logger.info('new tip', { height, hash });
  }
}

/** What follows from a lost tracker comes as a notice. */
function logTracker(logger: Logger, event: Extract<NodeEvent, { type: 'tracker' }>): void {
  const fields = { address: printNetAddress(event.address) };
  if (event.state === 'answered') logger.info('the tracker answers', fields);
  else logger.debug('the tracker is lost', fields);
}

const peerFields = ({ address, direction, agent }: PeerSummary) => ({
  address: printNetAddress(address),
  direction,
  agent,
});
