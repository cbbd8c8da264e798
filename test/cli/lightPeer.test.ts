import { expect } from 'chai';
import { refuseBesideLight } from '../../cli/lightPeer.js';
import type { Origin } from '../../shared/config/resolve.js';

type Origins = Parameters<typeof refuseBesideLight>[0];

const NOTHING: Origin = { type: 'default', from: '' };
const origins = (set: Partial<Origins>): Origins => ({
  ...{ 'peer.listen': NOTHING, 'peer.advertise': NOTHING, 'peer.mine': NOTHING },
  ...{ 'peer.mineInterval': NOTHING, 'peer.threads': NOTHING, 'peer.cpu': NOTHING },
  ...{ 'peer.payTo': NOTHING, 'peer.mining.kernel': NOTHING, 'peer.addressIndex': NOTHING },
  ...set,
});

describe('cli/lightPeer', () => {
  it('refuses nothing that nobody set', () => {
    expect(() => {
      refuseBesideLight(origins({}));
    }).to.not.throw();
  });

  it('refuses what says nothing to a light peer, wherever it was set', () => {
    for (const key of Object.keys(origins({})) as (keyof Origins)[]) {
      const flag: Origin = { type: 'flag', from: '--flag' };
      expect(() => {
        refuseBesideLight(origins({ [key]: flag }));
      }, key).to.throw(/^--flag makes no sense beside --light: .*\.$/);
    }
    const file: Origin = { type: 'file', from: '/etc/c.json' };
    expect(() => {
      refuseBesideLight(origins({ 'peer.cpu': file }));
    }).to.throw(/^peer\.cpu in \/etc\/c\.json makes no sense/);
  });
});
