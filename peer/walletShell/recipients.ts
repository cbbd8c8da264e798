/** Whom a wallet can pay: an address of its network, or an account of its own. */

import { assertDefined } from '../../shared/assert.js';
import { decodeAddress } from '../../shared/consensus/address.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash } from '../../shared/units.js';
import { isUsed } from '../wallet/discovery.js';
import { addressesOf, findAccount, type WalletDocument } from '../wallet/document.js';
import type { Ledger } from '../wallet/ledger.js';
import type { WalletProblem } from '../wallet/problem.js';

/** The address in `text`; `prefix`: of the network's addresses. */
export function addressIn(text: string, prefix: string): Result<AddressHash, WalletProblem> {
  const address = decodeAddress(prefix, text);
  return address.ok ? address : fail({ code: 'bad-address', text: shown(text), prefix });
}

interface Parts {
  readonly document: WalletDocument;
  readonly ledger: Ledger;
  readonly prefix: string;
}

/** Of an own account: its first address that nobody paid yet. */
export function recipient(
  to: string,
  { document, ledger, prefix }: Parts,
): Result<AddressHash, WalletProblem> {
  const account = findAccount(document, to);
  if (!account.ok) return addressIn(to, prefix);
  const addresses = addressesOf(account.value, 'receive');
  const fresh = addresses.find((address) => !isUsed(ledger, address));
  return ok(assertDefined(fresh ?? addresses[0], 'an account has addresses'));
}

/** What somebody typed, as far as it may stand in a sentence. */
const shown = (text: string): string => text.slice(0, 100).replaceAll(/[^\x21-\x7e]/g, '?');
