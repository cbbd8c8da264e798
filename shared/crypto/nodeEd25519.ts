/** Ed25519 by node:crypto: everywhere that Node runs, at half the speed of libsodium. */

import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { Ed25519 } from './ed25519.js';

export const nodeEd25519: Ed25519 = {
  publicKeyOf: (seed) => {
    const jwk = createPublicKey(privateKey(seed)).export({ format: 'jwk' });
    return new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url'));
  },
  signerOf: (seed) => {
    const key = privateKey(seed);
    return (message) => new Uint8Array(sign(null, message, key));
  },
  verify: (key, message, signature) => {
    const x = Buffer.from(key).toString('base64url');
    const imported = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, message, imported, signature);
  },
};

/** RFC 8410: the DER frame around a seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKey(seed: Uint8Array): KeyObject {
  const key = Buffer.concat([PKCS8_PREFIX, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
