import { expect } from 'chai';
import { exampleFile, schemaFile, settingsTable } from '../../../shared/config/documents.js';
import { resolve } from '../../../shared/config/resolve.js';
import { SETTING_KEYS } from '../../../shared/config/settings.js';

const NONE = { flags: new Map<string, string[]>(), environment: {} };

describe('config/documents', () => {
  it('writes an example that resolves to the defaults', () => {
    const file = { path: 'config.example.json', json: JSON.parse(exampleFile()) as unknown };
    const fromExample = resolve(SETTING_KEYS, { ...NONE, file });
    const fromDefaults = resolve(SETTING_KEYS, { ...NONE, file: undefined });
    if (!fromExample.ok || !fromDefaults.ok) throw new Error('the example must resolve');
    expect(fromExample.value.values).to.deep.equal(fromDefaults.value.values);
  });

  it('names every key of the example in the schema', () => {
    const example = JSON.parse(exampleFile()) as Record<string, unknown>;
    const schema = JSON.parse(schemaFile()) as { properties: Record<string, unknown> };
    expect(Object.keys(schema.properties)).to.have.members(['$schema', ...Object.keys(example)]);
  });

  it('nests keys of three parts in both', () => {
    const example = JSON.parse(exampleFile()) as { peer: { mining: unknown } };
    expect(example.peer.mining).to.have.property('kernel');
    expect(JSON.parse(schemaFile())).to.have.nested.property(
      'properties.peer.properties.mining.properties.kernel.enum',
    );
  });

  it('gives each setting a row of its own', () => {
    const table = settingsTable();
    for (const key of SETTING_KEYS) expect(table).to.include(`| \`${key}\` |`);
  });
});
