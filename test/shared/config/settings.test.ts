import { expect } from 'chai';
import { resolve } from '../../../shared/config/resolve.js';
import {
  flagOf,
  keysOf,
  SETTING_KEYS,
  SETTINGS,
  variableOf,
} from '../../../shared/config/settings.js';

const NONE = { flags: new Map<string, string[]>(), environment: {} };

describe('config/settings', () => {
  it('has defaults that their kinds accept', () => {
    expect(resolve(SETTING_KEYS, { ...NONE, file: undefined }).ok).to.equal(true);
  });

  it('never gives one flag two meanings within a program, nor one variable two settings', () => {
    for (const section of ['tracker', 'peer', 'network'] as const) {
      const flags = keysOf('', 'log', section).map(flagOf);
      expect(flags).to.deep.equal([...new Set(flags)]);
    }
    const variables = SETTING_KEYS.map(variableOf);
    expect(variables).to.deep.equal([...new Set(variables)]);
  });

  it('derives flags and variables from the keys', () => {
    expect(flagOf('peer.mineInterval')).to.equal('mine-interval');
    expect(flagOf('log.level')).to.equal('log-level');
    expect(variableOf('peer.mineInterval')).to.equal('CAIRN_PEER_MINE_INTERVAL');
    expect(flagOf('peer.mining.kernel')).to.equal('kernel');
    expect(variableOf('peer.mining.kernel')).to.equal('CAIRN_PEER_MINING_KERNEL');
    expect(variableOf('node')).to.equal('CAIRN_NODE');
    expect(Object.keys(SETTINGS)).to.deep.equal(SETTING_KEYS);
  });
});
