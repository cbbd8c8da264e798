import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { networkOf } from '../../../shared/consensus/genesis.js';
import type { NetworkParams } from '../../../shared/consensus/params.js';
import { printParamsJson } from '../../../shared/consensus/paramsJson.js';
import { template } from '../../../shared/consensus/templates.js';
import { Trouble } from '../../../shared/io/trouble.js';
import type { UnixSeconds } from '../../../shared/units.js';
import { keepNetwork, loadNetworks } from '../../../tracker/storage/networkFiles.js';

describe('tracker/storage/networkFiles', () => {
  let root: string;
  let folder: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cairn-networks-'));
    folder = join(root, 'networks');
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const fileOf = (name: string, content: string): string => {
    const path = join(root, name);
    writeFileSync(path, content);
    return path;
  };

  it('has no network at a first start', () => {
    expect(loadNetworks(folder, [])).to.deep.equal([]);
  });

  it('finds what was kept, and what is named, each once', () => {
    const kept = keepNetwork(folder, paramsOf('first'));
    const named = fileOf('second.json', printParamsJson(paramsOf('second')));
    const again = fileOf('again.json', printParamsJson(paramsOf('first')));
    const ids = loadNetworks(folder, [named, again]).map(({ id }) => id);
    expect(ids).to.deep.equal([kept.id, networkOf(paramsOf('second')).id]);
  });

  it('says which value of a nonsense file is wrong', () => {
    const text = printParamsJson(paramsOf('first')).replace('"maturity": 20', '"maturity": "soon"');
    expect(() => loadNetworks(folder, [fileOf('bad.json', text)]))
      .to.throw(Trouble, /bad\.json.*maturity/)
      .with.property('code', 'bad-network-file');
  });

  it('says so when a file is no JSON, or is not there', () => {
    mkdirSync(folder);
    expect(() => loadNetworks(folder, [fileOf('bad.json', '{')])).to.throw(Trouble, /bad\.json/);
    expect(() => loadNetworks(folder, [join(root, 'none.json')]))
      .to.throw(Trouble, /none\.json/)
      .with.property('code', 'no-network-file');
  });

  it('refuses more networks than fit into one answer', () => {
    const files = Array.from({ length: 65 }, (_, i) =>
      fileOf(`${String(i)}.json`, printParamsJson(paramsOf(`network-${String(i)}`))),
    );
    expect(() => loadNetworks(folder, files))
      .to.throw(Trouble)
      .with.property('code', 'too-many-networks');
  });
});

function paramsOf(name: string): NetworkParams {
  const salt = new Uint8Array(16).fill(name.length);
  return template('lan', { name, salt, time: 1_800_000_000 as UnixSeconds });
}
