import { expect } from 'chai';

import { formatText, type LogFields } from '../../../shared/io/logLine.js';

describe('io/logLine', () => {
  it('writes a plain value as it is', () => {
    expect(valuesOf({ height: 7, isOpen: true, path: 'C:\\cairn', none: undefined })).to.equal(
      'height=7  isOpen=true  path=C:\\cairn',
    );
  });

  it('quotes what would read as the end of a value', () => {
    expect(valuesOf({ a: 'two words', b: 'x=y', c: '', d: '"' })).to.equal(
      'a="two words"  b="x=y"  c=""  d="\\""',
    );
  });

  it('escapes what is not printable ASCII, once', () => {
    expect(valuesOf({ range: 'theirs are 2\u20133', name: 'Zo\u00eb' })).to.equal(
      'range="theirs are 2\\u20133"  name="Zo\\u00eb"',
    );
    expect(valuesOf({ agent: 'evil\n\u001b[31m\u007f' })).to.equal(
      'agent="evil\\n\\u001b[31m\\u007f"',
    );
  });

  it('writes a quoted value so that JSON reads it back', () => {
    const agent = 'a\\u2013 \u2013 \ud83d\ude00 \ud800 "\t\u2028';
    expect(JSON.parse(valuesOf({ agent }).slice('agent='.length))).to.equal(agent);
  });
});

/** What stands behind time, level and message. */
function valuesOf(fields: LogFields): string {
  const line = { level: 'info', message: 'told', fields, unixMs: 0, mono: 0 } as const;
  return formatText(line, (_level, text) => text).replace(/^.* told {2}/, '');
}
