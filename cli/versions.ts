/** `cairn --version`: the program, the protocol that it speaks, the schema of its files. */

import { SCHEMA_VERSION } from '../peer/storage/schema.js';
import { programVersion } from '../shared/io/programVersion.js';
import { PROTOCOL_MAX, PROTOCOL_MIN } from '../shared/wire/handshakeMessages.js';
import type { Output } from './output.js';

export function printVersions(output: Output, isJson: boolean): void {
  const versions = {
    program: programVersion(),
    protocol: PROTOCOL_MAX,
    protocolMin: PROTOCOL_MIN,
    schema: SCHEMA_VERSION,
  };
  if (isJson) {
    output.json(versions);
    return;
  }
  output.line(`cairn ${versions.program}`);
  output.line(`protocol ${String(versions.protocol)} (from ${String(versions.protocolMin)})`);
  output.line(`schema ${String(versions.schema)}`);
}
