/**
 * What passes between a machine (node, tracker) and the sockets: the half of its inputs and effects
 * that both programs share. The simulator speaks the same.
 */

import type { PeerId } from '../units.js';
import type { DisconnectReason } from './disconnect.js';
import type { NetAddress } from './netAddress.js';

export type ConnectionInput =
  /**
   * A connection is open. `dialed`: the address of the `dial` that it answers; absent when inbound.
   */
  | {
      readonly type: 'connected';
      readonly peer: PeerId;
      readonly remote: NetAddress;
      readonly local: NetAddress;
      readonly dialed: NetAddress | undefined;
    }
  | { readonly type: 'dial-failed'; readonly address: NetAddress; readonly problem: DialProblem }
  /** Bytes as they came, cut anywhere. The machine must not keep the view. */
  | { readonly type: 'received'; readonly peer: PeerId; readonly bytes: Uint8Array }
  /** All bytes up to a `send` with `notify` were handed to the operating system. */
  | { readonly type: 'sent'; readonly peer: PeerId }
  /**
   * The other side or the network closed it, or, with a `reason`, our own socket layer did. Not
   * given after our own `disconnect`.
   */
  | { readonly type: 'closed'; readonly peer: PeerId; readonly reason?: DisconnectReason }
  /** The time of `nextWake()` has come. */
  | { readonly type: 'wake' };

/** Why a dial did not become a connection. */
export type DialProblem = 'refused' | 'timed-out' | 'unreachable';

export type ConnectionEffect =
  /** Opens a connection; at most one dial an address is under way. */
  | { readonly type: 'dial'; readonly address: NetAddress }
  /** `notify`: answer with `sent`, so that the next piece waits until this one is gone. */
  | {
      readonly type: 'send';
      readonly peer: PeerId;
      readonly bytes: Uint8Array;
      readonly notify: boolean;
    }
  /** Closes at once after what was sent before; no further input of this peer comes. */
  | { readonly type: 'disconnect'; readonly peer: PeerId; readonly reason: DisconnectReason };
