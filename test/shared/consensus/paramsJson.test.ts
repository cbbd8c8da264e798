import { expect } from 'chai';
import { parseParamsJson, printParamsJson } from '../../../shared/consensus/paramsJson.js';
import { makeNetwork, owner } from '../../support/blocks.js';
import { encodeAddress } from '../../../shared/consensus/address.js';
import { expectOk } from '../../support/rejects.js';

const { params } = makeNetwork({}, 'lan');
const text = printParamsJson(params);

/** The file with `changes`; a key that is `undefined` is left out. */
const file = (changes: Record<string, unknown>): string =>
  JSON.stringify({ ...(JSON.parse(text) as object), ...changes });

function expectProblem(json: string, field: string, problem: string): void {
  expect(parseParamsJson(json)).to.deep.equal({ ok: false, error: { field, problem } });
}

describe('consensus/paramsJson', () => {
  it('reads back what it printed, in the order of the binary layout', () => {
    expect(expectOk(parseParamsJson(text))).to.deep.equal(params);
    expect(Object.keys(JSON.parse(text) as object).slice(0, 4)).to.deep.equal([
      'rulesVersion',
      'salt',
      'name',
      'prefix',
    ]);
    expect(text).to.include('"powLimit": "1f010000"');
  });

  it('answers every nonsense with the key and a sentence', () => {
    for (const nonsense of ['', 'x', '[]', 'null', '7', '"text"', '{', text.slice(0, -3)]) {
      expectProblem(nonsense, 'file', 'It is not a JSON object.');
    }
    expectProblem(file({ colour: 1 }), 'colour', 'There is no such parameter.');
    expectProblem(file({ maturity: undefined }), 'maturity', 'It is missing.');
    expectProblem('{}', 'rulesVersion', 'It is missing.');
    expectProblem('{"__proto__": 1}', '__proto__', 'There is no such parameter.');
    const whole = 'It must be a whole number from 0 to 2^53 - 1.';
    for (const value of ['10', null, -1, 0.5, 2 ** 53, true, [], {}]) {
      expectProblem(file({ targetInterval: value }), 'targetInterval', whole);
    }
    expectProblem(file({ name: 5 }), 'name', 'It must be a text.');
    expectProblem(file({ fixedTarget: 'yes' }), 'fixedTarget', 'It must be true or false.');
    const salt = 'It must be 32 hex digits: 16 random bytes.';
    for (const value of ['', 'xy'.repeat(16), 'ab'.repeat(15), 5]) {
      expectProblem(file({ salt: value }), 'salt', salt);
    }
    const bits = 'It must be the 8 hex digits of a compact target, like "1f010000".';
    for (const value of ['', '1f', 'ffffffff', '00000000', 'wxyzwxyz', 0x1f010000]) {
      expectProblem(file({ powLimit: value }), 'powLimit', bits);
    }
  });

  it('holds every value to the bounds of the binary form', () => {
    expectProblem(file({ halfLife: 0 }), 'halfLife', 'It must be 1 to 10,000 target intervals.');
    expectProblem(
      file({ rulesVersion: 7 }),
      'rulesVersion',
      'This program knows rules version 1 only.',
    );
  });

  it('reads allocations by address, and says which one is wrong', () => {
    const list = 'It must be a list of { "address": TEXT, "amount": WHOLE NUMBER }.';
    for (const value of [{}, [1], [{}], [{ address: 'a' }], [{ address: 'a', amount: 'b' }]]) {
      expectProblem(file({ allocations: value }), 'allocations', list);
    }
    const address = encodeAddress('cairn', owner(0).address);
    expectOk(parseParamsJson(file({ allocations: [{ address, amount: 5 }] })));
    const extra = [{ address, amount: 5, note: 'x' }];
    expectProblem(file({ allocations: extra }), 'allocations', list);
    const typo = `${address.slice(0, -1)}${address.endsWith('q') ? 'p' : 'q'}`;
    expectProblem(
      file({ allocations: [{ address: typo, amount: 5 }] }),
      'allocations',
      `"${typo}" is not an address, or was not copied exactly.`,
    );
    const foreign = encodeAddress('other', owner(0).address);
    expectProblem(
      file({ allocations: [{ address: foreign, amount: 5 }] }),
      'allocations',
      `"${foreign}" does not begin with this network's prefix.`,
    );
  });
});
