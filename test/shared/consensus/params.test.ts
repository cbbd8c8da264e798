import { expect } from 'chai';
import fc from 'fast-check';
import {
  ALLOCATIONS_MAX,
  blockBytesLimit,
  checkParams,
  decodeParams,
  encodeParams,
  FIXED_PARAMS_BYTES,
  type NetworkParams,
} from '../../../shared/consensus/params.js';
import type { Amount, Bits, UnixSeconds } from '../../../shared/units.js';
import { makeNetwork, owner, pay } from '../../support/blocks.js';
import { expectOk } from '../../support/rejects.js';

const { params: LAN } = makeNetwork({}, 'lan');

describe('consensus/params', () => {
  it('decodes what it encoded to the same parameters and bytes', () => {
    for (const { params } of [
      makeNetwork({}, 'lan'),
      makeNetwork(),
      makeNetwork({ allocations: [] }),
    ]) {
      const bytes = encodeParams(params);
      expect(bytes).to.have.length(FIXED_PARAMS_BYTES + 2 + 29 * params.allocations.length);
      const again = expectOk(decodeParams(bytes));
      expect(again).to.deep.equal(params);
      expect(encodeParams(again)).to.deep.equal(bytes);
    }
  });

  it('re-encodes to the same bytes whatever of broken ones it still accepts', () => {
    const bytes = encodeParams(LAN);
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(changes, fc.nat(bytes.length), (edits, length) => {
        const broken = edits.length === 0 ? bytes.slice(0, length) : bytes.slice();
        for (const [at, value] of edits) if (at < broken.length) broken[at] = value;
        const result = decodeParams(broken);
        if (result.ok) expect(encodeParams(result.value)).to.deep.equal(broken);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses truncated bytes, trailing bytes and other rules, and says so', () => {
    const bytes = encodeParams(LAN);
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeParams(bytes.subarray(0, length)).ok).to.equal(false);
    }
    expectProblem(bytes.subarray(0, 100), 'bytes', 'They end too early.');
    expectProblem(new Uint8Array([...bytes, 0]), 'bytes', 'More bytes follow their end.');
    expectProblem(edited(0, 2), 'rulesVersion', 'This program knows rules version 1 only.');
  });

  it('refuses what has more than one form: padding, truth values, compact targets', () => {
    expectProblem(edited(18 + 31, 0x61), 'name', 'It is not padded with zeros.');
    expectProblem(edited(50 + 15, 0x61), 'prefix', 'It is not padded with zeros.');
    expectProblem(edited(94, 2), 'fixedTarget', 'It must be 0 or 1.');
    expectProblem(edited(88, 0x80), 'powLimit', 'It is not a compact target.');
    expectProblem(edited(102, 0x20), 'subsidy', 'It must be below 2^53.');
    expectProblem(edited(117, 1), 'allocations', 'They are unknown-output-kind.');
  });

  it('refuses a hostile genesis from a tracker: every parameter beyond its bounds', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const beyond: [keyof NetworkParams, Partial<NetworkParams>[]][] = [
      ['rulesVersion', [{ rulesVersion: 0 }, { rulesVersion: 2 }]],
      ['salt', [{ salt: new Uint8Array(15) }, { salt: new Uint8Array(17) }]],
      ['name', ['', '-a', 'A', 'a b', 'ä', '../x', 'a'.repeat(33)].map((name) => ({ name }))],
      ['prefix', ['', 'Cairn', 'c1', 'a'.repeat(17)].map((prefix) => ({ prefix }))],
      ['time', [0, 2 ** 32].map((time) => ({ time: time as UnixSeconds }))],
      ['targetInterval', [0, 86_401, 1.5, NaN].map((targetInterval) => ({ targetInterval }))],
      ['halfLife', [0, 9, 100_001].map((halfLife) => ({ halfLife }))],
      ['cap', [0, 19, 24_001].map((cap) => ({ cap }))],
      ['cap', [{ targetInterval: 86_400, halfLife: 864_000_000, cap: 2 ** 32 }]],
      ['futureLimit', [0, 241].map((futureLimit) => ({ futureLimit }))],
      [
        'powLimit',
        [0n, (1n << 200n) - 1n, 1n << 255n, (1n << 240n) + 1n].map((powLimit) => ({ powLimit })),
      ],
      [
        'genesisBits',
        [0, 0x1f01_0001, 0x1400_ffff, 0x1d80_0000].map((bits) => ({ genesisBits: bits as Bits })),
      ],
      ['subsidy', [-1, 0.5, most + 1].map((subsidy) => ({ subsidy: subsidy as Amount }))],
      ['halvingInterval', [0, 2 ** 32].map((halvingInterval) => ({ halvingInterval }))],
      ['maturity', [0, 10_001].map((maturity) => ({ maturity }))],
      ['blockBytesMax', [0, 999, 1_000_001].map((blockBytesMax) => ({ blockBytesMax }))],
      ['allocations', [{ allocations: [pay(owner(0), 0)] }, { allocations: tooMany() }]],
    ];
    for (const [field, all] of beyond) {
      for (const changes of all) expectRefused(changes, field);
    }
  });

  it('accepts every parameter at its bounds', () => {
    const within: Partial<NetworkParams>[] = [
      { name: 'a', prefix: 'a', time: 1 as UnixSeconds },
      { name: '0'.repeat(32), prefix: 'z'.repeat(16), time: 0xffff_ffff as UnixSeconds },
      { targetInterval: 1, halfLife: 1, cap: 2, futureLimit: 1, blockBytesMax: 100_000 },
      { targetInterval: 86_400, halfLife: 864_000_000, cap: 172_800, blockBytesMax: 3_900_000 },
      { powLimit: 1n << 200n, genesisBits: 0x1a01_0000 as Bits },
      { powLimit: 0x7fffffn << 232n, genesisBits: 0x1501_0000 as Bits },
      { subsidy: 0 as Amount, halvingInterval: 0xffff_ffff, maturity: 1, blockBytesMax: 1000 },
      { maturity: 10_000, allocations: tooMany().slice(1) },
    ];
    for (const changes of within) expectOk(checkParams({ ...LAN, ...changes }));
  });

  it('has a binary form for everything that it accepts', () => {
    const numbers = [10, 20, 120, 240, 480, 10_000, 864_000_000, 0xffff_ffff, 2 ** 32, 2 ** 40];
    const some = fc.constantFrom(...numbers);
    const fields = {
      ...{ targetInterval: fc.constantFrom(1, 10, 10, 86_400), halfLife: some, cap: some },
      ...{ futureLimit: some, halvingInterval: some, maturity: some, blockBytesMax: some },
    };
    let accepted = 0;
    fc.assert(
      fc.property(fc.record(fields, { requiredKeys: [] }), (changes) => {
        const params = { ...LAN, subsidy: 0 as Amount, ...changes };
        if (!checkParams(params).ok) return;
        accepted++;
        expect(expectOk(decodeParams(encodeParams(params)))).to.deep.equal(params);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).to.be.greaterThan(10);
  });

  it('overflowing schedules: keeps all money ever made below 2^53', () => {
    // Eras of one block pay 2^52, 2^51, …: 2^53 − 1 in all.
    const fits = { subsidy: (2 ** 52) as Amount, halvingInterval: 1, allocations: [] };
    expectOk(checkParams({ ...LAN, ...fits }));
    expectRefused({ ...fits, allocations: [pay(owner(0), 1)] }, 'subsidy');
    expectRefused({ ...fits, halvingInterval: 2 }, 'subsidy');
    const most = Number.MAX_SAFE_INTEGER as Amount;
    expectRefused({ subsidy: most, halvingInterval: 0xffff_ffff }, 'subsidy');
    const rich = { subsidy: 0 as Amount, allocations: [pay(owner(0), most)] };
    expectOk(checkParams({ ...LAN, ...rich }));
    expectRefused({ ...rich, allocations: [...rich.allocations, pay(owner(1), 1)] }, 'subsidy');
  });

  it('limits blocks to 100 kB a second and to what a frame carries', () => {
    expect(blockBytesLimit(1)).to.equal(100_000);
    expect(blockBytesLimit(10)).to.equal(1_000_000);
    expect(blockBytesLimit(600)).to.equal(3_900_000);
  });
});

const tooMany = (): NetworkParams['allocations'] =>
  Array.from({ length: ALLOCATIONS_MAX + 1 }, () => pay(owner(0), 1));

function edited(at: number, value: number): Uint8Array {
  const bytes = encodeParams(LAN);
  bytes[at] = value;
  return bytes;
}

function expectProblem(bytes: Uint8Array, field: string, problem: string): void {
  expect(decodeParams(bytes)).to.deep.equal({ ok: false, error: { field, problem } });
}

function expectRefused(changes: Partial<NetworkParams>, field: string): void {
  const result = checkParams({ ...LAN, ...changes });
  expect(result.ok, JSON.stringify(Object.keys(changes))).to.equal(false);
  if (!result.ok) {
    expect(result.error.field).to.equal(field);
    expect(result.error.problem).to.match(/^[A-Z].*\.$/);
  }
}
