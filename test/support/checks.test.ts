/** The tidy test's own tools: each must find what it is there to find. */

import { expect } from 'chai';

import { cycleIn, reachable } from './graph.js';
import { mayImport, partOf } from './layers.js';
import { missingOptional } from './lockFile.js';
import { analyse } from './sources.js';

describe('support/graph', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', []],
    ['d', ['a']],
  ]);

  it('finds a cycle and names the files on it', () => {
    expect(cycleIn(graph)).to.equal(undefined);
    expect(cycleIn(new Map([...graph, ['c', ['b']]]))).to.deep.equal(['b', 'c', 'b']);
  });

  it('reaches what is imported over several files, and nothing else', () => {
    expect([...reachable(graph, ['a'])]).to.deep.equal(['a', 'b', 'c']);
  });
});

describe('support/layers', () => {
  it('tells the part by the longest start of the path', () => {
    expect(partOf('peer/chain/connect.ts')).to.equal('chain');
    expect(partOf('peer/main.ts')).to.equal('peer program');
    expect(partOf('tracker/tracker.ts')).to.equal('tracker');
    expect(partOf('elsewhere/a.ts')).to.equal(undefined);
  });

  it('lets rules be imported by the chain, and never the reverse', () => {
    expect(mayImport('peer/chain/connect.ts', 'shared/consensus/block.ts')).to.equal(true);
    expect(mayImport('shared/consensus/block.ts', 'peer/chain/connect.ts')).to.equal(false);
  });

  it('keeps the wire away from the chain, and the programs apart', () => {
    expect(mayImport('peer/chain/chain.ts', 'shared/wire/frame.ts')).to.equal(false);
    expect(mayImport('peer/main.ts', 'tracker/main.ts')).to.equal(false);
    expect(mayImport('tracker/main.ts', 'peer/types.ts')).to.equal(false);
  });
});

describe('support/lockFile', () => {
  const dependent = { optionalDependencies: { extra: '1' } };

  it('misses an optional dependency without an entry', () => {
    expect(missingOptional({ 'node_modules/a': dependent })).to.deep.equal([
      'node_modules/a → extra',
    ]);
  });

  it('finds the entry where Node would', () => {
    const path = 'node_modules/a/node_modules/b';
    const places = [`${path}/node_modules/`, 'node_modules/a/node_modules/', 'node_modules/'];
    for (const place of places) {
      expect(missingOptional({ [path]: dependent, [`${place}extra`]: {} })).to.deep.equal([]);
    }
    expect(missingOptional({ [path]: dependent, 'node_modules/z/extra': {} })).to.have.length(1);
  });
});

describe('support/sources', () => {
  const all = new Set(['a/b.ts', 'a/c.ts', 'd.ts', 'shared/crypto/node.ts']);
  const look = (text: string) => analyse({ path: 'a/a.ts', text }, all);

  it('sees imports of every kind', () => {
    expect(look(`import type { B } from './b.js';`).imports).to.deep.equal(['a/b.ts']);
    expect(look(`export { d } from '../d.js';`).imports).to.deep.equal(['d.ts']);
    expect(look(`const c = () => import('./c.js');`).imports).to.deep.equal(['a/c.ts']);
    expect(look(`new URL('./c.js', import.meta.url);`).imports).to.deep.equal(['a/c.ts']);
    expect(look(`import { sha256 } from '#crypto';`).imports).to.deep.equal([
      'shared/crypto/node.ts',
    ]);
  });

  it('measures functions and methods, and not the callbacks of describe', () => {
    const text = `describe('x', () => {\n  it('y', () => {\n    f();\n  });\n});`;
    expect(look(text).functions).to.deep.equal([{ name: 'a function', line: 2, lineCount: 3 }]);
    expect(look(`class A {\n  m() {\n    return 1;\n  }\n}`).functions).to.deep.equal([
      { name: 'm', line: 2, lineCount: 3 },
    ]);
  });

  it('knows a barrel from a module', () => {
    expect(look(`export * from './b.js';\nexport { c } from './c.js';`).isBarrel).to.equal(true);
    expect(look(`export * from './b.js';\nexport const one = 1;`).isBarrel).to.equal(false);
    expect(look('').isBarrel).to.equal(false);
  });
});
