// The house rules that a linter can see; test/tidy.test.ts looks at the rest.

import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Levels 0–4 of docs/architecture.md: pure, synchronous, and told the time. */
const core = [
  'shared/*.ts',
  'shared/{consensus,wire,http,config,crypto}/**/*.ts',
  'peer/{node,types,queries}.ts',
  'peer/{chain,index,mempool,net,mining,node,wallet}/**/*.ts',
  'tracker/*.ts',
  'tracker/registry/**/*.ts',
];
const notCore = ['shared/crypto/{node,nodeEd25519,sodiumEd25519}.ts', 'tracker/main.ts'];

const impure = [
  ...['Buffer', 'process', 'console', 'global', 'globalThis', 'crypto', 'performance', 'Date'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['clearTimeout', 'clearInterval', 'clearImmediate', 'require'],
].map((name) => ({
  name,
  message: 'Levels 0–4 are pure: time and chance come in as arguments, all else stays outside.',
}));

const sizes = {
  'max-depth': ['error', 3],
  'max-lines': ['error', 400],
  'max-lines-per-function': ['error', 60],
  'max-params': ['error', 4],
};

const habits = {
  'default-case-last': 'error',
  eqeqeq: 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'peer/workers/kernel/assembly/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
  js.configs.recommended,
  { rules: { ...sizes, ...habits } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // process.env['NAME'] shows that the name is not ours.
      '@typescript-eslint/dot-notation': 'off',
      // Contradicts no-non-null-assertion: `array[i] as number` stays allowed in hot loops.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
    },
  },
  {
    files: core,
    ignores: notCore,
    rules: {
      'no-restricted-globals': ['error', ...impure],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take an Rng or an Entropy.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', 'winston', 'better-sqlite3', 'sodium-native', 'fastify'],
              message: 'Levels 0–4 are pure: this belongs into an adapter.',
            },
          ],
        },
      ],
    },
  },
  {
    files: core,
    ignores: [...notCore, 'shared/http/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: ':function[async=true]', message: 'Levels 0–4 are synchronous.' },
        { selector: 'AwaitExpression', message: 'Levels 0–4 are synchronous.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      // chai's `expect(x).to.be.true`
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
  {
    files: ['**/*.mjs', '*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['clearInterval', 'console', 'performance', 'process', 'setInterval', 'Buffer', 'URL'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
  { files: ['scripts/nodeVersion.mjs'], rules: { 'no-var': 'off', 'prefer-const': 'off' } },
);
