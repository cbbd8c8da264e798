/**
 * How the HTTP contract is written: plain JSON Schemas `as const`, whose TypeScript types follow
 * from them (docs/decisions/0010).
 */

/** The values that the JSON Schema `S` describes, for the keywords that the contract uses. */
export type Static<S> = S extends { readonly const: infer Value }
  ? Value
  : S extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : S extends { readonly anyOf: readonly (infer Alternative)[] }
      ? Static<Alternative>
      : S extends { readonly type: readonly (infer Type)[] }
        ? OfType<Type, S>
        : S extends { readonly type: infer Type }
          ? OfType<Type, S>
          : unknown;

type OfType<Type, S> = Type extends keyof Scalars
  ? Scalars[Type]
  : Type extends 'array'
    ? ArrayOf<S>
    : ObjectOf<S>;

interface Scalars {
  readonly string: string;
  readonly number: number;
  readonly integer: number;
  readonly boolean: boolean;
  readonly null: null;
}

type ArrayOf<S> = S extends { readonly items: infer Item } ? Static<Item>[] : unknown[];

type ObjectOf<S> = S extends { readonly properties: infer Properties }
  ? { [Name in keyof Properties & RequiredIn<S>]: Static<Properties[Name]> } & {
      [Name in Exclude<keyof Properties, RequiredIn<S>>]?: Static<Properties[Name]>;
    }
  : Record<string, unknown>;

type RequiredIn<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;

/** Any JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const HASH = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'a hash, 64 hex digits in printing order',
} as const;

export const HEX = {
  type: 'string',
  pattern: '^([0-9a-f]{2})*$',
  description: 'bytes, two hex digits each',
} as const;

export const HEIGHT = {
  type: 'integer',
  minimum: 0,
  maximum: 0xffff_ffff,
  description: 'number of ancestors; genesis has 0',
} as const;

export const AMOUNT = {
  type: 'integer',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'smallest units of value',
} as const;

export const UNIX_SECONDS = {
  type: 'integer',
  minimum: 0,
  description: 'seconds since 1970',
} as const;

export const WORK = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'expected number of hashes, 64 hex digits',
} as const;
