/**
 * Pays from a wallet in a folder, and is killed: at a moment of its first payment, or by whoever
 * started it. What its node got stands in a file, as the pools of other nodes would have it.
 */

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, kill, pid, stdout } from 'node:process';
import { toHex } from '../../shared/bytes.js';
import { encodeAddress } from '../../shared/consensus/address.js';
import { owner } from './blocks.js';
import { FIRST_ADDRESS, must, WORDS } from './purse.js';
import { PASSPHRASE, WalletWorld } from './walletWorld.js';

const [, , folder = '', killedAt = ''] = argv;
const PAYMENTS = 500;

const world = new WalletWorld(folder);
must(await world.shell.restore(WORDS, PASSPHRASE));
world.give(FIRST_ADDRESS, 500_000);
world.onMoment = (moment, bytes) => {
  if (bytes !== undefined) appendFileSync(join(folder, 'node.pool'), `${toHex(bytes)}\n`);
  if (moment === killedAt) kill(pid, 'SIGKILL');
};
stdout.write('ready\n');
const to = encodeAddress(world.network.params.prefix, owner(2).address);
for (let i = 0; i < PAYMENTS; i++) {
  await world.pay(to, 1);
  // Whoever pays waits for sockets in between.
  await new Promise((resolve) => setImmediate(resolve));
}
