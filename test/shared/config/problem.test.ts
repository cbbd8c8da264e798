import { expect } from 'chai';
import { explain, type ConfigProblem } from '../../../shared/config/problem.js';

const KNOWN = { keys: ['peer.cpu'], variables: ['CAIRN_PEER_CPU'] };

describe('config/problem', () => {
  it('says for each problem where it is and what to do', () => {
    const file = '/etc/c.json';
    const problems: ConfigProblem[] = [
      { code: 'unknown-key', key: 'peer.cpo', file },
      { code: 'unknown-variable', variable: 'CAIRN_PEER_CPO' },
      { code: 'not-an-object', what: 'peer', file },
      { code: 'flag-only', key: 'home', file },
      { code: 'given-twice', source: '--cpu' },
      { code: 'bad-value', source: '--cpu', given: '"x"', expected: 'a number' },
    ];
    expect(problems.map((problem) => explain(problem, KNOWN))).to.deep.equal([
      'Unknown key peer.cpo in /etc/c.json. Did you mean peer.cpu? cairn config lists the keys.',
      'Unknown variable CAIRN_PEER_CPO. Did you mean CAIRN_PEER_CPU? ' +
        'cairn config lists the variables.',
      'peer in /etc/c.json must be an object, as in config.example.json.',
      'home in /etc/c.json works only as a flag or a variable. Remove it there.',
      '--cpu is given more than once. Give it once.',
      '--cpu: expected a number, found "x".',
    ]);
  });
});
