import { publicKeyOf } from '#crypto';
import { expect } from 'chai';
import { Identity } from '../../../peer/net/identity.js';
import { toHex } from '../../../shared/bytes.js';
import { seededRng } from '../../../shared/rng.js';
import type { BlockHash, MonoMs, NodeKey, UnixSeconds } from '../../../shared/units.js';
import { testEntropy } from '../../../lab/sim/worldNode.js';

const NOW = { mono: 5 as MonoMs, unix: 1_800_000_000 as UnixSeconds };
const facts = {
  nodeKey: toHex(publicKeyOf(new Uint8Array(32))) as NodeKey,
  network: 'ab'.repeat(32) as BlockHash,
  service: 'peer',
  listenPort: 6_000,
  agent: 'test/1',
} as const;

const newIdentity = (seed: number): Identity =>
  new Identity(facts, { entropy: testEntropy(seededRng(seed)), sign: () => new Uint8Array(64) });

describe('net/identity', () => {
  it('says who we are, what time it is, and where our chain stands', () => {
    const standing = { height: 7, chainWork: 14n };
    const { ours, role } = newIdentity(1).handshake('caller', standing, NOW, () => undefined);
    expect(role).to.equal('caller');
    expect(ours).to.include({ ...facts, tipHeight: 7, tipWork: 14n, unixTime: 1_800_000_000 });
  });

  it('draws a nonce for each connection and an instance for each start', () => {
    const standing = { height: 0, chainWork: 0n };
    const identity = newIdentity(1);
    const hellos = [1, 2].map(
      () => identity.handshake('called', standing, NOW, () => undefined).ours,
    );
    expect(hellos[0]?.nonce).to.not.equal(hellos[1]?.nonce);
    expect(hellos[0]?.instance).to.equal(hellos[1]?.instance);
    expect(newIdentity(2).instance).to.not.equal(identity.instance);
    expect(identity.pingNonce()).to.match(/^[0-9a-f]{16}$/);
  });
});
