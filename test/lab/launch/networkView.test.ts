import { expect } from 'chai';
import {
  doAgree,
  failureLines,
  summary,
  TABLE_HEAD,
  tableRows,
  type NodeView,
} from '../../../lab/launch/networkView.js';

const TIP = `${'0'.repeat(56)}12345678`;
const NETWORK = 'ab'.repeat(32);
const STATUS = {
  networkId: NETWORK,
  height: 7,
  tip: TIP,
  peers: 4,
  mining: true,
  hashRate: 5,
  synced: true,
  pending: 3,
};
const whole = (...nodes: NodeView[]) => ({ networkId: NETWORK, nodes });
const TRACKER: NodeView = {
  name: 'tracker',
  role: 'tracker',
  state: 'running',
  reason: '',
  pid: 9,
  tcp: '127.0.0.1:5009',
  http: 'http://127.0.0.1:5010',
  status: null,
};
const peer = (change: Partial<NodeView> = {}): NodeView => ({
  ...TRACKER,
  name: 'Alice',
  role: 'peer',
  status: STATUS,
  ...change,
});

describe('launch/networkView', () => {
  it('agrees when every peer answers with one tip', () => {
    const other = peer({ status: { ...STATUS, tip: 'f'.repeat(64) } });
    const failed = peer({ state: 'failed', status: null });
    expect(doAgree(whole(TRACKER, peer(), peer()))).to.equal(true);
    expect(doAgree(whole(TRACKER, peer(), other))).to.equal(false);
    expect(doAgree(whole(TRACKER, peer(), failed))).to.equal(false);
    expect(doAgree(whole(TRACKER))).to.equal(false);
  });

  it('does not agree with peers of another network, whatever their tip', () => {
    const foreign = peer({ status: { ...STATUS, networkId: 'cd'.repeat(32) } });
    expect(doAgree(whole(peer(), foreign))).to.equal(false);
    expect(doAgree(whole(foreign, foreign))).to.equal(false);
    expect(summary(whole(peer(), foreign))).to.equal('2/2 online, 1 of another network');
  });

  it('says in one line how the whole stands', () => {
    const ahead = peer({ status: { ...STATUS, height: 8, tip: 'f'.repeat(64) } });
    const silent = peer({ state: 'silent', status: null });
    expect(summary(whole(TRACKER, peer(), peer()))).to.equal(
      '2/2 online, agree on block 7 (…12345678), 3 pending',
    );
    expect(summary(whole(peer(), ahead))).to.equal(
      '2/2 online, 2 different tips, highest block 8 (…ffffffff)',
    );
    expect(summary(whole(peer(), silent))).to.equal('1/2 online, block 7 (…12345678)');
    expect(summary(whole(silent))).to.equal('0/1 online yet');
  });

  it('has a cell for each column, and shows why a program failed', () => {
    const nodes = [
      TRACKER,
      peer(),
      peer({ status: { ...STATUS, mining: false, synced: false } }),
      peer({ state: 'failed', reason: 'The disk is full.', pid: 0, status: null }),
    ];
    const style = { formatRate: (rate: number) => `${String(rate)} H/s`, isNarrow: false };
    const rows = tableRows(nodes, style);
    for (const row of rows) expect(row).to.have.length(TABLE_HEAD.length);
    expect(rows[1]).to.deep.equal([
      'Alice',
      'http://127.0.0.1:5010',
      '127.0.0.1:5009',
      '7',
      '…12345678',
      '4',
      '3',
      '5 H/s',
      '9',
      'running',
    ]);
    expect(rows[2]?.slice(7)).to.deep.equal(['off', '9', 'syncing']);
    expect(rows[3]?.slice(8)).to.deep.equal(['–', 'FAILED']);
    const narrow = tableRows(nodes, { ...style, isNarrow: true });
    expect(narrow[1]?.slice(0, 4)).to.deep.equal(['Alice', ':5010', ':5009', '7']);
    expect(failureLines(nodes)).to.deep.equal(['Alice FAILED: The disk is full.']);
  });
});
