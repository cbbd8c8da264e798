import { expect } from 'chai';
import { Names, NAMES_MAX } from '../../../tracker/registry/names.js';

describe('tracker/registry/names', () => {
  it('keeps equal texts once', () => {
    const names = new Names();
    expect(names.use('cairn/1')).to.equal(names.use('cairn/1'));
  });

  it('forgets a text with its last use', () => {
    const names = new Names();
    const number = names.use('cairn/1');
    names.use('cairn/1');
    names.release(number);
    expect(names.text(number)).to.equal('cairn/1');
    names.release(number);
    expect(names.text(number)).to.equal('');
    expect(names.use('cairn/2')).to.equal(number);
  });

  it('leaves peers nameless beyond its limit, and has room again later', () => {
    const names = new Names();
    const first = names.use('name 0');
    for (let i = 1; i < NAMES_MAX - 1; i++) names.use(`name ${String(i)}`);
    expect(names.text(names.use('one too many'))).to.equal('');
    names.release(first);
    expect(names.text(names.use('fits now'))).to.equal('fits now');
  });
});
