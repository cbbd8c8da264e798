import { expect } from 'chai';
import { parseFlags } from '../../cli/flags.js';
import type { Kind } from '../../shared/config/kinds.js';

const KNOWN = new Map<string, Kind>([
  ['mine', { type: 'boolean' }],
  ['json', { type: 'boolean' }],
  ['help', { type: 'boolean' }],
  ['cpu', { type: 'integer', min: 1, max: 100 }],
  ['http-from', { type: 'integer', min: 1, max: 9 }],
  ['connect', { type: 'endpoints' }],
]);

describe('cli/flags', () => {
  it('keeps text, so that --mine, --mine=1 and --mine=false mean what they say', () => {
    expect(flags('--mine=1')).to.deep.equal({ mine: ['1'] });
    expect(flags('--mine')).to.deep.equal({ mine: ['true'] });
    expect(flags('--mine=false')).to.deep.equal({ mine: ['false'] });
    expect(flags('--mine', 'false')).to.deep.equal({ mine: ['false'] });
    expect(flags('--no-mine')).to.deep.equal({ mine: ['false'] });
    expect(flags('--cpu', '07')).to.deep.equal({ cpu: ['07'] });
    expect(flags('--http-from=5')).to.deep.equal({ 'http-from': ['5'] });
    expect(flags('--cpu=')).to.deep.equal({ cpu: [''] });
  });

  it('leaves the argument after a switch alone', () => {
    const parsed = parseFlags(['--json', '17', 'x'], KNOWN);
    expect(parsed.ok && parsed.value.positionals).to.deep.equal(['17', 'x']);
  });

  it('keeps every text of a flag that is given twice', () => {
    expect(flags('--connect', 'a:1', '--connect=b:2')).to.deep.equal({ connect: ['a:1', 'b:2'] });
  });

  it('takes nothing after -- for a flag', () => {
    const parsed = parseFlags(['--', '--mine'], KNOWN);
    expect(parsed.ok && parsed.value.positionals).to.deep.equal(['--mine']);
  });

  it('knows -h', () => {
    expect(flags('-h')).to.deep.equal({ help: ['true'] });
  });

  it('refuses an unknown flag and suggests the nearest', () => {
    expect(problem('--mien')).to.equal(
      'Unknown flag --mien. Did you mean --mine? --help lists the flags.',
    );
    expect(problem('--zzz=1')).to.equal('Unknown flag --zzz. --help lists the flags.');
    expect(problem('--no-cpu')).to.match(/^Unknown flag --no-cpu\./);
    expect(problem('-x')).to.match(/^Unknown flag -x\./);
    expect(problem('--httpFrom=1')).to.match(/^Unknown flag --httpFrom\. Did you mean --http-from/);
  });

  it('says how a program that runs writes JSON', () => {
    const known = new Map<string, Kind>([['log-format', { type: 'choice', of: ['text', 'json'] }]]);
    const parsed = parseFlags(['--json'], known);
    expect(parsed.ok ? '' : parsed.error).to.equal(
      'Unknown flag --json. Its log lines are JSON with --log-format json. ' +
        '--help lists the flags.',
    );
  });

  it('refuses a flag without its value', () => {
    expect(problem('--cpu')).to.equal('--cpu needs a value: --cpu=VALUE.');
    expect(problem('--cpu', '--mine')).to.equal('--cpu needs a value: --cpu=VALUE.');
  });
});

function flags(...args: string[]): Record<string, readonly string[]> {
  const parsed = parseFlags(args, KNOWN);
  if (!parsed.ok) throw new Error(parsed.error);
  return Object.fromEntries(parsed.value.flags);
}

function problem(...args: string[]): string {
  const parsed = parseFlags(args, KNOWN);
  return parsed.ok ? 'no problem' : parsed.error;
}
