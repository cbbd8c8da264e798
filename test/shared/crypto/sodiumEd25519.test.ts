import { expect } from 'chai';

import { utf8 } from '../../../shared/bytes.js';
import { loadSodiumEd25519 } from '../../../shared/crypto/sodiumEd25519.js';
import { itIsEd25519 } from '../../support/ed25519Suite.js';
import { skip } from '../../support/skip.js';

describe('crypto/sodiumEd25519', () => {
  itIsEd25519(loadSodiumEd25519);

  it('verifies what lies in memory that threads share', function () {
    const library = loadSodiumEd25519() ?? skip(this, 'no binary for this machine');
    const seed = new Uint8Array(32).fill(4);
    const message = utf8('shared');
    const key = shared(library.publicKeyOf(seed));
    const signature = shared(library.signerOf(shared(seed))(shared(message)));
    expect(library.verify(key, shared(message), signature)).to.equal(true);
    signature[0] = (signature[0] ?? 0) ^ 1;
    expect(library.verify(key, shared(message), signature)).to.equal(false);
  });
});

function shared(plain: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(plain.length));
  copy.set(plain);
  return copy;
}
