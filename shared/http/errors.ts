/** The one body of every HTTP answer that is no success. */

import type { Static } from './schema.js';

export const errorBody = {
  $id: 'error',
  type: 'object',
  additionalProperties: false,
  required: ['code', 'message', 'hint'],
  properties: {
    code: { type: 'string', description: 'stable, for programs' },
    message: { type: 'string', description: 'what happened' },
    hint: { type: 'string', description: 'what to do about it; may be empty' },
  },
} as const;

export type ErrorBody = Static<typeof errorBody>;

/** Status and hint of each error that is not a reject of the chain's. */
export const HTTP_ERRORS = {
  'bad-request': { status: 400, hint: 'See /docs for what this route takes.' },
  'not-found': { status: 404, hint: 'See /docs for the routes.' },
  'unknown-block': {
    status: 404,
    hint: 'Give a height up to the tip, or the hash of a known block.',
  },
  'body-missing': {
    status: 404,
    hint: 'Only the header has arrived. Try again when it is synced.',
  },
  'body-lost': {
    status: 404,
    hint: 'A block of the active chain comes again from a peer: try again in a moment.',
  },
  'unknown-transaction': {
    status: 404,
    hint: 'Compare it with what the wallet printed, and the network with that of the node.',
  },
  'unknown-stamp': {
    status: 404,
    hint: 'The file must be the same to the last byte. Try again when the next block is there.',
  },
  'index-off': {
    status: 409,
    hint: 'Start the node with --address-index, or with peer.addressIndex true in its file.',
  },
  'light-peer': { status: 409, hint: 'Ask a full peer: --node NAME|URL.' },
  'index-busy': { status: 503, hint: 'Try again in a moment.' },
  'host-refused': {
    status: 403,
    hint: 'Call the node by its address, or by the host name that --http names.',
  },
  'origin-refused': { status: 403, hint: 'Pages of other sites may not use this node.' },
  'token-required': {
    status: 401,
    hint:
      'Send “Authorization: Bearer TOKEN” with the token in the file api.token ' +
      'of the data directory.',
  },
  'method-not-allowed': { status: 405, hint: 'See /docs for the routes.' },
  'unsupported-media-type': { status: 415, hint: 'Send JSON, with content-type application/json.' },
  'too-large': { status: 413, hint: 'A block is at most 3.9 MB, in hex twice that.' },
  'target-not-fixed': {
    status: 409,
    hint: 'Only networks of the dev template mine on demand: cairn network up --template dev.',
  },
  busy: { status: 409, hint: 'Try again in a moment.' },
  'not-ready': { status: 503, hint: 'Try again when it is synced and has peers.' },
  stopping: { status: 503, hint: 'Ask again when it is up.' },
  internal: { status: 500, hint: 'This is a defect. The node’s log has more.' },
} as const;

export type HttpErrorCode = keyof typeof HTTP_ERRORS;

/** Status of a block that was refused: it was understood, and a rule says no. */
export const REJECTED_STATUS = 422;

/** The body for `code`, with `message` for this case. */
export function errorOf(code: HttpErrorCode, message: string): ErrorBody {
  return { code, message, hint: HTTP_ERRORS[code].hint };
}
