import { expect } from 'chai';
import { isNamed } from '../../cli/findNode.js';

const NODE = {
  ...{ name: 'Alice', role: 'peer' as const, pid: 1, dataDirectory: '/nowhere' },
  ...{ tcpAddress: '127.0.0.1:4000', httpUrl: 'http://127.0.0.1:5000' },
} as const;

describe('cli/findNode', () => {
  it('knows a node of this computer by its name and by each of its URLs', () => {
    for (const text of ['Alice', 'alice', 'http://127.0.0.1:5000', 'http://localhost:5000/']) {
      expect(isNamed(text, NODE), text).to.equal(true);
    }
    for (const text of ['Bob', 'http://127.0.0.1:5001', 'http://10.0.0.1:5000', 'http://']) {
      expect(isNamed(text, NODE), text).to.equal(false);
    }
  });
});
