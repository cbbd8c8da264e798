/**
 * Checks of what a request carries, against the contract's schemas. Ajv is loaded and a schema
 * compiled at its first request: doing both at start costs 100 ms (docs/decisions/0010).
 */

import type { Ajv, ValidateFunction } from 'ajv';
import { createRequire } from 'node:module';
import type { JsonSchema } from '../../shared/http/schema.js';

export type Check = (value: unknown) => { value: unknown } | { error: Error };

export class Validator {
  #ajv: Ajv | undefined;

  /**
   * A check for the part `httpPart` of a request. Query texts become numbers where the schema wants
   * them.
   */
  checkOf(schema: JsonSchema, httpPart: string | undefined): Check {
    let validate: ValidateFunction | undefined;
    return (value) => {
      validate ??= this.#load().compile(schema);
      const typed = httpPart === 'querystring' ? withNumbers(value, schema) : value;
      if (validate(typed)) return { value: typed };
      const dataVar = httpPart === 'querystring' ? 'query' : (httpPart ?? 'request');
      return { error: new Error(this.#load().errorsText(validate.errors, { dataVar })) };
    };
  }

  #load(): Ajv {
    this.#ajv ??= new (require('ajv') as typeof import('ajv')).Ajv({
      useDefaults: true,
      allowUnionTypes: true,
    });
    return this.#ajv;
  }
}

const require = createRequire(import.meta.url);

function withNumbers(query: unknown, schema: JsonSchema): unknown {
  const properties = (schema['properties'] ?? {}) as Record<string, { type?: unknown }>;
  const entries = Object.entries(query as Record<string, unknown>).map(([key, value]) => {
    const isNumber = properties[key]?.type === 'integer' && /^\d{1,15}$/.test(String(value));
    return [key, isNumber ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}
