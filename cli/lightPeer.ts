/** What `cairn peer --light` has no use for: refused, so that nobody thinks that it does it. */

import type { Origin } from '../shared/config/resolve.js';
import { flagOf, type SettingKey } from '../shared/config/settings.js';
import { Trouble } from '../shared/io/trouble.js';

/** Why each of these settings says nothing to a light peer. */
const USELESS = {
  'peer.listen': 'nobody calls a light peer',
  'peer.advertise': 'nobody calls a light peer',
  'peer.mine': 'a light peer keeps no chain to mine on',
  'peer.mineInterval': 'a light peer keeps no chain to mine on',
  'peer.threads': 'a light peer keeps no chain to mine on',
  'peer.cpu': 'a light peer keeps no chain to mine on',
  'peer.mining.kernel': 'a light peer keeps no chain to mine on',
  'peer.payTo': 'a light peer keeps no chain to mine on',
  'peer.addressIndex': 'a light peer keeps no blocks to index',
} as const satisfies Partial<Record<SettingKey, string>>;

type UselessKey = keyof typeof USELESS;

/** Throws `Trouble` where one of them was set, to whatever value. */
export function refuseBesideLight(origins: Readonly<Record<UselessKey, Origin>>): void {
  for (const key of Object.keys(USELESS) as UselessKey[]) {
    const { type, from } = origins[key];
    if (type === 'default') continue;
    const what = type === 'file' ? `${key} in ${from}` : from;
    throw new Trouble(
      'not-beside-light',
      `${what} makes no sense beside --light: ${USELESS[key]}.`,
      `Leave ${type === 'flag' ? `--${flagOf(key)}` : what} out, or --light.`,
    );
  }
}
