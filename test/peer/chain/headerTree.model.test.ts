/**
 * Random forests of headers: the tree, its walks and its marks against a twin that keeps an array
 * of rows and computes every answer from parents alone.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import {
  ancestorAt,
  forkOf,
  highestWhere,
  isAncestor,
  locatorOf,
  pathUp,
  type HeaderEntry,
} from '../../../peer/chain/headerEntry.js';
import type { HeaderTree } from '../../../peer/chain/headerTree.js';
import { fakeHeader, grow, newTree } from '../../support/trees.js';

interface Row {
  /** Its place in the array, as all numbers of headers here. */
  readonly parent: number | undefined;
  readonly work: bigint;
  hasBody: boolean;
  isVerified: boolean;
  isConnected: boolean;
  /** Marked itself, not through an ancestor. */
  isBad: boolean;
}

/** Headers in the order in which they came; nothing is remembered that can be counted. */
class Twin {
  readonly rows: Row[] = [row(undefined, 1)];

  constructor() {
    Object.assign(this.at(0), { hasBody: true, isVerified: true, isConnected: true });
  }

  at(n: number): Row {
    return this.rows[n] ?? expect.fail('no such header');
  }

  /** From genesis to `n`. */
  path(n: number): number[] {
    const { parent } = this.at(n);
    return parent === undefined ? [n] : [...this.path(parent), n];
  }

  work(n: number): bigint {
    return this.path(n).reduce((sum, at) => sum + this.at(at).work, 0n);
  }

  isInvalid(n: number): boolean {
    return this.path(n).some((at) => this.at(at).isBad);
  }

  isComplete(n: number): boolean {
    return this.path(n).every((at) => this.at(at).hasBody);
  }

  /** Most work, first come, of those for which `holds`. */
  best(holds: (n: number) => boolean): number {
    const works = this.rows.map((_, n) => (this.isInvalid(n) || !holds(n) ? 0n : this.work(n)));
    return works.reduce((best, work, n) => (work > (works[best] ?? 0n) ? n : best), 0);
  }

  fork(a: number, b: number): number {
    const others = this.path(b);
    return this.path(a).findLast((at) => others.includes(at)) ?? 0;
  }

  /** One line a header with all that is known of it. */
  print(): string[] {
    return this.rows.map(({ parent, hasBody, isVerified, isConnected }, n) => {
      const status = this.isInvalid(n) ? 'invalid' : isConnected ? 'connected' : 'unproven';
      const children = this.rows.flatMap((other, i) => (other.parent === n ? [i] : []));
      const marks = [hasBody, this.isComplete(n), isVerified || isConnected];
      return line({ n, parent, work: this.work(n), status, marks, children });
    });
  }
}

const row = (parent: number | undefined, work: number): Row => ({
  parent,
  work: BigInt(work),
  ...{ hasBody: false, isVerified: false, isConnected: false, isBad: false },
});

interface Line {
  readonly n: number;
  readonly parent: number | undefined;
  readonly work: bigint;
  readonly status: string;
  readonly marks: readonly boolean[];
  readonly children: readonly number[];
}

const line = ({ n, parent, work, status, marks, children }: Line): string =>
  [n, parent, work, status, ...marks, [...children].sort((a, b) => a - b)].map(String).join(' ');

function printTree(entries: readonly HeaderEntry[]): string[] {
  return entries.map((entry) => {
    const children: number[] = [];
    for (let at = entry.firstChild; at !== undefined; at = at.nextSibling) children.push(at.id);
    const { id, parent, chainWork, status, hasBody, isComplete, isVerified } = entry;
    const marks = [hasBody, isComplete, isVerified];
    return line({ n: id, parent: parent?.id, work: chainWork, status, marks, children });
  });
}

const operation = fc.record({
  kind: fc.constantFrom(
    ...(['add', 'add', 'branch', 'body', 'body', 'bodies', 'forget'] as const),
    ...(['verified', 'connected', 'invalid'] as const),
  ),
  on: fc.nat(),
  work: fc.constantFrom(1, 1, 1, 2, 3, 7),
  length: fc.integer({ min: 2, max: 24 }),
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** A tree and its twin, which are told the same. */
class Pair {
  readonly tree: HeaderTree = newTree();
  readonly twin = new Twin();
  readonly entries: HeaderEntry[] = [this.tree.genesis];

  do({ kind, on, work, length }: Operation): void {
    const n = on % this.entries.length;
    if (kind === 'add') this.#add(n, work);
    else if (kind === 'branch') this.#addBranch(n, work, length);
    else if (kind === 'bodies') for (const at of this.twin.path(n)) this.#body(at);
    else if (kind === 'body') this.#body(n);
    else if (n > 0) this.#mark(n, kind);
  }

  #add(n: number, work: number): number {
    this.entries.push(grow(this.tree, this.#entry(n), work));
    return this.twin.rows.push(row(n, work)) - 1;
  }

  #addBranch(n: number, work: number, length: number): void {
    let at = n;
    for (let i = 0; i < length && this.entries.length < 150; i++) at = this.#add(at, work);
  }

  #body(n: number): void {
    this.tree.markBody(this.#entry(n));
    this.twin.at(n).hasBody = true;
  }

  #mark(n: number, kind: 'forget' | 'verified' | 'connected' | 'invalid'): void {
    const [entry, twin] = [this.#entry(n), this.twin.at(n)];
    if (kind === 'forget') {
      this.tree.forgetBody(entry);
      twin.hasBody = false;
    } else if (kind === 'verified') {
      this.tree.markVerified(entry);
      twin.isVerified = true;
    } else if (kind === 'invalid') {
      this.tree.markInvalid(entry);
      twin.isBad = true;
    } else if (!this.twin.isInvalid(n)) {
      // Nobody connects what is invalid.
      this.tree.markConnected(entry);
      twin.isConnected = true;
    }
  }

  #entry(n: number): HeaderEntry {
    return this.entries[n] ?? this.tree.genesis;
  }
}

function expectSame({ tree, twin, entries }: Pair): void {
  expect(tree.size).to.equal(twin.rows.length);
  expect(tree.bestHeader.id, 'best header').to.equal(twin.best(() => true));
  expect(tree.bestComplete.id, 'best complete').to.equal(twin.best((n) => twin.isComplete(n)));
  expect(printTree(entries).join('\n')).to.equal(twin.print().join('\n'));
}

describe('chain/headerTree: model', () => {
  it('says of each header, after each change, what its twin counts anew', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(fc.array(operation, { minLength: 10, maxLength: 40 }), (operations) => {
        const pair = new Pair();
        for (const each of operations) {
          pair.do(each);
          expectSame(pair);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('walks to ancestors, forks and the ends of properties as its twin does', function () {
    this.timeout(30_000);
    const picks = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), picks, (operations, pairs) => {
        const pair = new Pair();
        for (const each of operations) pair.do(each);
        const { size } = pair.tree;
        for (const [a, b] of pairs) expectSameWalks(pair, a % size, b % size);
      }),
      { numRuns: 150 },
    );
  });
});

function expectSameWalks({ tree, twin, entries }: Pair, a: number, b: number): void {
  const [one, other] = [entries[a] ?? tree.genesis, entries[b] ?? tree.genesis];
  const path = twin.path(a);
  expect(path.map((_, height) => ancestorAt(one, height).id)).to.deep.equal(path);
  expect(isAncestor(other, one)).to.equal(path.includes(b));
  const fork = twin.fork(a, b);
  expect(forkOf(one, other).id).to.equal(fork);
  const above = [...pathUp(forkOf(one, other), one)].map(({ id }) => id);
  expect(above).to.deep.equal(path.slice(path.indexOf(fork) + 1));
  const complete = path.findLast((at) => twin.isComplete(at));
  expect(highestWhere(one, ({ isComplete }) => isComplete).id).to.equal(complete);
  const valid = path.findLast((at) => !twin.isInvalid(at));
  expect(highestWhere(one, ({ status }) => status !== 'invalid').id).to.equal(valid);
  const children = twin.rows.filter(({ parent, hasBody }) => parent === a && hasBody).length;
  const hasBody = (entry: HeaderEntry): boolean => entry.hasBody;
  expect(tree.hasChildren(one, children, hasBody)).to.equal(true);
  expect(tree.hasChildren(one, children + 1, hasBody)).to.equal(false);
  expect(tree.entry(one.hash)).to.equal(one);
  expect(tree.bytes(one)).to.deep.equal(fakeHeader(a).bytes);
  expect(locatorOf(one).map((hash) => tree.entry(hash)?.id)).to.deep.equal(twinLocator(path));
}

/** The last ten, then every second, fourth … of those below, and genesis. */
function twinLocator(path: readonly number[]): number[] {
  const named: number[] = [];
  for (let height = path.length - 1, step = 1; height > 0; height -= step) {
    named.push(path[height] ?? 0);
    if (named.length >= 10) step *= 2;
  }
  return [...named, 0];
}
