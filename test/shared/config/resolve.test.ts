import { expect } from 'chai';
import fc from 'fast-check';
import { explain, type ConfigProblem } from '../../../shared/config/problem.js';
import {
  resolve,
  strayVariables,
  type Resolved,
  type Sources,
} from '../../../shared/config/resolve.js';
import {
  keysOf,
  SETTING_KEYS,
  variableOf,
  type SettingKey,
} from '../../../shared/config/settings.js';

const NONE: Sources = { flags: new Map(), environment: {}, file: undefined };
const PEER = keysOf('peer');

describe('config/resolve', () => {
  it('takes a flag over a variable over the file over the default, and says which', () => {
    const file = { path: '/etc/c.json', json: { peer: { cpu: 30 } } };
    const environment = { CAIRN_PEER_CPU: '20' };
    const flags = new Map([['cpu', ['10']]]);
    const seen = [
      valueOf('peer.cpu', NONE),
      valueOf('peer.cpu', { ...NONE, file }),
      valueOf('peer.cpu', { ...NONE, file, environment }),
      valueOf('peer.cpu', { flags, file, environment }),
    ];
    expect(seen).to.deep.equal([
      [50, { type: 'default', from: '' }],
      [30, { type: 'file', from: '/etc/c.json' }],
      [20, { type: 'environment', from: 'CAIRN_PEER_CPU' }],
      [10, { type: 'flag', from: '--cpu' }],
    ]);
  });

  it('lets an empty variable and a null in the file stand for "not set"', () => {
    const file = { path: 'c.json', json: { $schema: 'x', peer: { cpu: null } } };
    const environment = { CAIRN_PEER_CPU: '' };
    expect(valueOf('peer.cpu', { ...NONE, file, environment })[0]).to.equal(50);
  });

  it('refuses a key that no setting has, and suggests the nearest', () => {
    const problem = problemOf({ peer: { minInterval: 3 } });
    expect(problem).to.deep.include({ code: 'unknown-key', key: 'peer.minInterval' });
    expect(sentence(problem)).to.include('Did you mean peer.mineInterval?');
    expect(problemOf({ pear: {} })).to.deep.include({ code: 'unknown-key', key: 'pear' });
  });

  it('refuses an unknown key in a section that the command does not read', () => {
    expect(problemOf({ tracker: { lisen: '1' } })).to.deep.include({ code: 'unknown-key' });
  });

  it('reads keys of three parts, and refuses unknown ones beside them', () => {
    const at = (mining: unknown) => ({ path: 'c.json', json: { peer: { mining } } });
    const [value, origin] = valueOf('peer.mining.kernel', {
      ...NONE,
      file: at({ kernel: 'node' }),
    });
    expect([value, origin]).to.deep.equal(['node', { type: 'file', from: 'c.json' }]);
    const unknown = problemWith({ file: at({ kernle: 'node' }) });
    expect(sentence(unknown)).to.include('Did you mean peer.mining.kernel?');
    const wrong = problemWith({ file: at({ kernel: 'fast' }) });
    expect(sentence(wrong)).to.equal(
      'peer.mining.kernel in c.json: expected one of node, wasm, native, fastest, found "fast".',
    );
    expect(problemWith({ file: at(5) })).to.deep.include({ what: 'peer.mining' });
  });

  it('refuses a file or a section that is no object', () => {
    expect(problemOf([])).to.deep.include({ code: 'not-an-object' });
    expect(problemOf({ peer: 5 })).to.deep.include({ code: 'not-an-object', what: 'peer' });
  });

  it('refuses in the file what works only as a flag', () => {
    const file = { path: 'c.json', json: { network: { fresh: true } } };
    const result = resolve(PEER, { ...NONE, file });
    expect(result).to.deep.include({
      ok: false,
      error: { code: 'flag-only', key: 'network.fresh', file: 'c.json' },
    });
  });

  it('refuses an unknown variable of a section, and leaves variables of others alone', () => {
    const problem = problemWith({ environment: { CAIRN_PEER_DTA: '/x' } });
    expect(problem).to.deep.equal({ code: 'unknown-variable', variable: 'CAIRN_PEER_DTA' });
    expect(sentence(problem)).to.include('Did you mean CAIRN_PEER_DATA?');
    expect(resolve(PEER, { ...NONE, environment: { CAIRN_VECTORS: '/v' } }).ok).to.equal(true);
  });

  it('finds variables that look like ours and are not', () => {
    const environment = { CAIRN_HOEM: '/x', CAIRN_HOME: '/y', CAIRN_VECTORS: '/v', HOME: '/h' };
    expect(strayVariables(environment)).to.deep.equal(['CAIRN_HOEM']);
    expect(strayVariables({ CAIRN_HOEM: '' })).to.deep.equal([]);
  });

  it('names the place and what was expected when a value is wrong', () => {
    const wrong = [
      problemWith({ flags: new Map([['cpu', ['101']]]) }),
      problemWith({ environment: { CAIRN_PEER_LISTEN: '6000x' } }),
      problemOf({ peer: { mine: 'yes' } }),
      problemOf({ peer: { threads: 1.5 } }),
      problemOf({ peer: { connect: [5] } }),
    ];
    expect(wrong.map(sentence)).to.deep.equal([
      '--cpu: expected a whole number from 1 to 100, found "101".',
      'CAIRN_PEER_LISTEN: expected PORT or HOST:PORT, found "6000x".',
      'peer.mine in c.json: expected true or false, found "yes".',
      'peer.threads in c.json: expected a whole number from 1 to 256, found 1.5.',
      'peer.connect in c.json: expected HOST:PORT, several with commas between them, found [5].',
    ]);
  });

  it('refuses a flag that is given twice, unless it is a list', () => {
    const twice = problemWith({ flags: new Map([['cpu', ['1', '2']]]) });
    expect(twice).to.deep.equal({ code: 'given-twice', source: '--cpu' });
    const flags = new Map([['connect', ['a:1', 'b:2,c:3']]]);
    expect(valueOf('peer.connect', { ...NONE, flags })[0]).to.deep.equal([
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
      { host: 'c', port: 3 },
    ]);
  });

  it('never throws, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...SETTING_KEYS), (json, key) => {
        const [section, part] = key.split('.') as [string, string?];
        const nested = part === undefined ? { [section]: json } : { [section]: { [part]: json } };
        for (const tree of [json, nested]) {
          const result = resolve(SETTING_KEYS, { ...NONE, file: { path: 'c.json', json: tree } });
          if (!result.ok) expect(sentence(result.error)).to.match(/[.]$/);
        }
      }),
    );
  });
});

type Answer = [unknown, unknown];

function valueOf(key: SettingKey, sources: Sources): Answer {
  const result = resolve([key], sources);
  if (!result.ok) throw new Error(sentence(result.error));
  const resolved: Resolved<SettingKey> = result.value;
  return [resolved.values[key], resolved.origins[key]];
}

function problemWith(sources: Partial<Sources>): ConfigProblem {
  const result = resolve(PEER, { ...NONE, ...sources });
  if (result.ok) throw new Error('expected a problem');
  return result.error;
}

const problemOf = (json: unknown): ConfigProblem => problemWith({ file: { path: 'c.json', json } });

const sentence = (problem: ConfigProblem): string =>
  explain(problem, { keys: SETTING_KEYS, variables: SETTING_KEYS.map(variableOf) });
