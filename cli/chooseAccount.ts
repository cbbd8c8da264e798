/** Which account a command means: the one that is named, or the only one. */

import type { NodeClient } from '../shared/http/client.js';
import { Trouble } from '../shared/io/trouble.js';
import { ask } from './findNode.js';

/** Its name. Throws `Trouble` where there is a choice; `flag` is how to make it. */
export async function chooseAccount(
  client: NodeClient,
  name: string | undefined,
  flag: string,
): Promise<string> {
  if (name !== undefined) return name;
  const { accounts } = await ask(client, 'accounts', {});
  const [only, second] = accounts;
  if (only !== undefined && second === undefined) return only.name;
  const names = accounts.map((one) => one.name).join(', ') || 'none';
  throw new Trouble('which-account', `Accounts: ${names}.`, `Choose one: ${flag}.`);
}
