/** What every Ed25519 library of ours must do: the published vectors, behind the strict check. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import { fromHex, toHex } from '../../shared/bytes.js';
import type { Ed25519 } from '../../shared/crypto/ed25519.js';
import { isStrict } from '../../shared/crypto/ed25519Strict.js';
import { requireVectors, skip } from './skip.js';

/** Tests of the library that `load` gives; skipped where it cannot be loaded. */
export function itIsEd25519(load: () => Ed25519 | undefined): void {
  let library: Ed25519;

  before(function () {
    library = load() ?? skip(this, 'the library has no binary for this machine');
  });

  it('makes the keys and signatures of RFC 8032', function () {
    const cases = readCases(requireVectors(this), 'rfc8032_ed25519.json') as Rfc8032Case[];
    expect(cases).to.have.length(5);
    for (const { secretKey, publicKey, message, signature } of cases) {
      expect(toHex(library.publicKeyOf(bytes(secretKey)))).to.equal(publicKey);
      expect(toHex(library.signerOf(bytes(secretKey))(bytes(message)))).to.equal(signature);
      const verified = library.verify(bytes(publicKey), bytes(message), bytes(signature));
      expect(verified).to.equal(true);
    }
  });

  it('judges the 151 Wycheproof signatures rightly, behind the strict check', function () {
    const file = readCases(requireVectors(this), 'wycheproof_ed25519_test.json') as WycheproofFile;
    let count = 0;
    for (const { publicKey, tests } of file.testGroups) {
      const key = bytes(publicKey.pk);
      for (const { tcId, msg, sig, result } of tests) {
        const accepted = isStrict(key, bytes(sig)) && library.verify(key, bytes(msg), bytes(sig));
        expect(accepted, `case ${tcId}`).to.equal(result === 'valid');
        count++;
      }
    }
    expect(count).to.equal(151);
  });
}

interface Rfc8032Case {
  readonly secretKey: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

interface WycheproofFile {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: string;
    }[];
  }[];
}

const readCases = (vectors: string, file: string): unknown =>
  JSON.parse(readFileSync(join(vectors, 'ed25519', file), 'utf8'));

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? expect.fail(`not hex: ${hex}`);
