import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNode, isNamed } from '../../cli/findNode.js';
import { homeAt } from '../../cli/home.js';
import { publish } from '../../lab/launch/runFile.js';
import type { Trouble } from '../../shared/io/trouble.js';

const NODE = {
  ...{ name: 'Alice', role: 'peer' as const, pid: 1, dataDirectory: '/nowhere' },
  ...{ tcpAddress: '127.0.0.1:4000', httpUrl: 'http://127.0.0.1:5000' },
} as const;

/** Larger than Linux, macOS and Windows give to a process. */
const PID_OF_NOBODY = 2 ** 30;

describe('cli/findNode', () => {
  it('knows a node of this computer by its name and by each of its URLs', () => {
    for (const text of ['Alice', 'alice', 'http://127.0.0.1:5000', 'http://localhost:5000/']) {
      expect(isNamed(text, NODE), text).to.equal(true);
    }
    for (const text of ['Bob', 'http://127.0.0.1:5001', 'http://10.0.0.1:5000', 'http://']) {
      expect(isNamed(text, NODE), text).to.equal(false);
    }
  });

  it('names those that run where it knows no such node, and none that was killed', () => {
    const home = mkdtempSync(join(tmpdir(), 'cairn-test-'));
    const { pid } = process;
    const nodes = [
      { ...NODE, pid },
      { ...NODE, name: 'Bob', pid: PID_OF_NOBODY },
    ];
    const run = { kind: 'network', network: 'dev', networkId: 'aa', control: null } as const;
    try {
      publish({ ...run, pid, startedUnix: 1, dataDirectory: home, nodes }, homeAt(home).running);
      expect(() => findNode({ node: 'Zoe', home }))
        .to.throw('There is no node Zoe.')
        .that.satisfies(({ advice }: Trouble) => advice === 'Running: Alice. A URL works, too.');
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
