import { expect } from 'chai';
import { Departures } from '../../../peer/mempool/departures.js';
import type { MempoolEntry } from '../../../peer/mempool/entry.js';
import type { Txid } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';
import { payGenesis } from '../../support/mempools.js';

const network = makeNetwork();
const tx = payGenesis(network, 0);
const entry = { tx } as unknown as MempoolEntry;
const origin = { type: 'command', id: 1, index: 0 } as const;

describe('mempool/departures', () => {
  it('knows why one went, until it is back', () => {
    const departures = new Departures();
    departures.onChanges([{ entry, departure: 'evicted' }]);
    expect(departures.of(tx.txid)).to.deep.equal({ type: 'gone', departure: 'evicted' });
    departures.onChanges([{ entry, departure: undefined }]);
    expect(departures.of(tx.txid)).to.equal(undefined);
  });

  it('knows why one was refused; not that it waited already', () => {
    const departures = new Departures();
    departures.onOutcomes([{ tx, origin, reject: { code: 'already-waiting', txid: tx.txid } }]);
    expect(departures.of(tx.txid)).to.equal(undefined);
    const reject = { code: 'fee-too-low', needed: 2, found: 1 } as const;
    departures.onOutcomes([{ tx, origin, reject }]);
    expect(departures.of(tx.txid)).to.deep.equal({ type: 'refused', reject });
  });

  it('remembers ten thousand', () => {
    const departures = new Departures();
    for (let n = 0; n < 10_050; n++) {
      const txid = n.toString(16).padStart(64, '0') as Txid;
      const one = { tx: { ...tx, txid } } as unknown as MempoolEntry;
      departures.onChanges([{ entry: one, departure: 'expired' }]);
    }
    expect(departures.size).to.equal(10_000);
    expect(departures.of('0'.repeat(64) as Txid)).to.equal(undefined);
  });
});
