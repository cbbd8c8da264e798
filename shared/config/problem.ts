/** What can be wrong with a configuration: a closed set, and the sentence for each. */

import { assertNever } from '../assert.js';
import { excerpt } from '../printable.js';
import { didYouMean } from './suggest.js';

export type ConfigProblem =
  | { readonly code: 'unknown-key'; readonly key: string; readonly file: string }
  | { readonly code: 'unknown-variable'; readonly variable: string }
  | { readonly code: 'not-an-object'; readonly what: string; readonly file: string }
  | { readonly code: 'flag-only'; readonly key: string; readonly file: string }
  | { readonly code: 'given-twice'; readonly source: string }
  | {
      readonly code: 'bad-value';
      /** The flag, variable or key with its file. */
      readonly source: string;
      readonly given: string;
      readonly expected: string;
    };

/** One line that names the place and what to do. `known`: all keys and variables that exist. */
export function explain(
  problem: ConfigProblem,
  known: { readonly keys: readonly string[]; readonly variables: readonly string[] },
): string {
  switch (problem.code) {
    case 'unknown-key': {
      const suggestion = didYouMean(problem.key, known.keys);
      return (
        `Unknown key ${excerpt(problem.key)} in ${problem.file}.${suggestion} ` +
        'cairn config lists the keys.'
      );
    }
    case 'unknown-variable': {
      const suggestion = didYouMean(problem.variable, known.variables);
      return (
        `Unknown variable ${excerpt(problem.variable)}.${suggestion} ` +
        'cairn config lists the variables.'
      );
    }
    case 'not-an-object':
      return `${problem.what} in ${problem.file} must be an object, as in config.example.json.`;
    case 'flag-only':
      return (
        `${problem.key} in ${problem.file} works only as a flag or a variable. ` +
        'Remove it there.'
      );
    case 'given-twice':
      return `${problem.source} is given more than once. Give it once.`;
    case 'bad-value':
      return `${problem.source}: expected ${problem.expected}, found ${excerpt(problem.given)}.`;
    default:
      return assertNever(problem);
  }
}
