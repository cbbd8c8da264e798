/**
 * A protocol is a table of messages. From its rows come the codec, the limit of each frame, the
 * TypeScript union and the table in docs/protocol.md; nothing about a message is written twice.
 */

import { broken } from '../assert.js';
import { fail, ok, type Result } from '../result.js';
import type { DisconnectReason } from './disconnect.js';
import {
  MALFORMED,
  record,
  unpackFields,
  type Fields,
  type FieldValues,
  type Kind,
} from './fields.js';
import { encodeFrame } from './frame.js';
import { unpackPlain, type ReadLimits } from './msgpackReader.js';
import { packPlain } from './msgpackWriter.js';

/** The declaration of one message. */
export interface MessageRow<Name extends string = string, F extends Fields = Fields> {
  readonly name: Name;
  /** The type byte of its frame. */
  readonly number: number;
  /** The first protocol version that knows it. */
  readonly since: number;
  /** The most bytes of its payload, and why that many. */
  readonly limit: { readonly bytes: number; readonly why: string };
  /** In the order of the wire. */
  readonly fields: F;
  /**
   * Later versions may append fields; ours ignores them. Only `hello`, which comes before the
   * versions are known.
   */
  readonly mayGrow?: true;
  readonly about: string;
}

/** The message of a row, in memory: its name as `type`, and its fields. */
export type MessageOf<Row> =
  Row extends MessageRow<infer Name, infer F>
    ? { readonly type: Name } & { readonly [Field in keyof FieldValues<F>]: FieldValues<F>[Field] }
    : never;

/** `row`, with the types of its fields kept. */
export const message = <const Name extends string, F extends Fields>(
  row: MessageRow<Name, F>,
): MessageRow<Name, F> => row;

/** Encodes and decodes the messages of one table. */
export class Protocol<Row extends MessageRow> {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly #byNumber: readonly (Codec | undefined)[];
  readonly #byName: ReadonlyMap<string, Codec>;
  #last: { readonly message: MessageOf<Row>; readonly frame: Uint8Array } | undefined;

  constructor(name: string, rows: readonly Row[]) {
    this.name = name;
    this.rows = rows;
    const codecs = rows.map(codecOf);
    this.#byNumber = Array.from({ length: 256 }, (_, i) => codecs.find((c) => c.row.number === i));
    this.#byName = new Map(codecs.map((codec) => [codec.row.name, codec]));
  }

  /**
   * The whole frame of `message`. One that breaks its own declaration is our bug and throws. The
   * same message again is the same frame: what goes to many is encoded once.
   */
  encode(message: MessageOf<Row>): Uint8Array {
    if (message === this.#last?.message) return this.#last.frame;
    const { row, kind } = this.#codec(message.type);
    const payload = packPlain(kind.pack(message));
    const { length } = payload;
    if (length > row.limit.bytes) broken(`${row.name} of ${String(length)} bytes`);
    const frame = encodeFrame(row.number, payload);
    if (frame.length <= KEPT_BYTES_MAX) this.#last = { message, frame };
    return frame;
  }

  /**
   * The message of a frame, or the breach. `payload` must own its bytes, as that of `Frame` does.
   */
  decode(type: number, payload: Uint8Array): Result<MessageOf<Row>, DisconnectReason> {
    const codec = this.#byNumber[type];
    if (codec === undefined) return fail('message-unknown');
    const message = decodeWith(codec, payload);
    return message === MALFORMED ? fail('message-malformed') : ok(message as MessageOf<Row>);
  }

  /** The most bytes of the payload of `type` under `version`, or why it may not come. */
  limit(type: number, version: number): number | DisconnectReason {
    const row = this.#byNumber[type]?.row;
    return row === undefined || row.since > version ? 'message-unknown' : row.limit.bytes;
  }

  /**
   * Whether the other side, with which `version` was agreed, knows the message: else it is not
   * sent.
   */
  knows(name: Row['name'], version: number): boolean {
    return this.#codec(name).row.since <= version;
  }

  #codec(name: string): Codec {
    return this.#byName.get(name) ?? broken(`no message ${name} in the ${this.name} protocol`);
  }
}

/** Of a frame that is kept: a large one goes to one peer at a time. */
const KEPT_BYTES_MAX = 4_096;

/** A row, and what follows from its fields. */
interface Codec {
  readonly row: MessageRow;
  readonly kind: Kind<FieldValues<Fields>>;
  readonly fieldCount: number;
  readonly readLimits: ReadLimits;
}

function codecOf(row: MessageRow): Codec {
  const kind = record(row.fields);
  const readLimits = row.mayGrow
    ? { depthMax: kind.depth + 1, itemsMax: row.limit.bytes }
    : { depthMax: kind.depth, itemsMax: kind.itemsMax };
  return { row, kind, fieldCount: Object.keys(row.fields).length, readLimits };
}

function decodeWith({ row, fieldCount, readLimits }: Codec, payload: Uint8Array): unknown {
  if (payload.length > row.limit.bytes) return MALFORMED;
  const values = unpackPlain(payload, readLimits);
  if (!Array.isArray(values) || values.length < fieldCount) return MALFORMED;
  if (values.length > fieldCount && row.mayGrow === undefined) return MALFORMED;
  return unpackFields(row.fields, values, { type: row.name });
}
