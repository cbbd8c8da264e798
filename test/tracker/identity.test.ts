import { expect } from 'chai';

import { systemEntropy } from '../../shared/io/systemEntropy.js';
import type { NodeKey } from '../../shared/units.js';
import { NO_NETWORK } from '../../shared/wire/handshakeMessages.js';
import { Identity } from '../../tracker/identity.js';
import { at } from './registry/claims.js';
import { NETWORK } from './world.js';

const identity = new Identity(
  { nodeKey: '11'.repeat(32) as NodeKey, listenPort: 5009, agent: 'cairn/1' },
  { entropy: systemEntropy, sign: () => new Uint8Array(64) },
);
const accept = (): undefined => undefined;

describe('tracker/identity', () => {
  it('says that it is a tracker, of the network that it calls for', () => {
    const { ours, role } = identity.caller(at(5), NETWORK, accept);
    expect(role).to.equal('caller');
    expect(ours).to.include({ service: 'tracker', network: NETWORK, listenPort: 5009 });
    expect(ours.unixTime).to.equal(at(5).unix);
  });

  it('takes on the network of who calls, when it serves that', () => {
    const { ours, serves } = identity.called(at(5), (network) => network === NETWORK, accept);
    expect(ours.network).to.equal(NO_NETWORK);
    expect(serves?.(NETWORK)).to.equal(true);
  });

  it('draws a nonce for each connection, and is one instance as long as it runs', () => {
    const [a, b] = [0, 1].map((i) => identity.caller(at(i), NETWORK, accept).ours);
    expect(a?.nonce).to.not.equal(b?.nonce);
    expect(a?.instance).to.equal(b?.instance);
    expect(identity.pingNonce()).to.match(/^[0-9a-f]{16}$/);
  });
});
