/** The flags of whatever plans a payment. */

import { toHex, utf8 } from '../shared/bytes.js';
import type { Options } from './command.js';

export const PLAN_OPTIONS = {
  from: { kind: { type: 'name' }, about: 'the account that pays; not needed where there is one' },
  'fee-rate': {
    kind: { type: 'integer', min: 0, max: 1_000_000_000 },
    about: 'smallest units for 1000 bytes; without it, what brings it into the next two blocks',
  },
  memo: {
    kind: { type: 'text', lengthMax: 256 },
    about: 'text of up to 256 bytes that everybody can read',
  },
} as const satisfies Options;

interface Plan {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly 'fee-rate': number | undefined;
  readonly memo: string | undefined;
}

/** What the node is asked. */
export const planBodyOf = ({ from, to, amount, 'fee-rate': feeRate, memo }: Plan) => ({
  ...{ from, to, amount, memo: toHex(utf8(memo ?? '')) },
  ...(feeRate === undefined ? {} : { feeRate }),
});
