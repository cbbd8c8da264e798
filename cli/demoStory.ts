/** What `cairn demo` plays on a stage, act by act. */

import { encodeAddress } from '../shared/consensus/address.js';
import { networkOf, type Network } from '../shared/consensus/genesis.js';
import { parseParamsJson } from '../shared/consensus/paramsJson.js';
import type { DecodedTransaction } from '../shared/consensus/transaction.js';
import { assertDefined } from '../shared/assert.js';
import { toHex } from '../shared/bytes.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import type { AddressHash, Txid } from '../shared/units.js';
import { AccountKeys } from '../peer/wallet/accountKeys.js';
import { makeWords, seedOf } from '../peer/wallet/words.js';
import { BURST_AMOUNT, costOf, payOnce, split, type Burst } from './demoBurst.js';
import { DemoFailure, type Stage, type StagePeer } from './demoStage.js';

/** A peer whose wallet is open, and the account that pays. */
export interface Actor {
  readonly peer: StagePeer;
  readonly account: string;
}

/** What each pays the next one. */
const AMOUNT = 25_000;
/** Of which two miners should have found one at least. */
const RECENT_BLOCKS = 100;
/** Transactions handed in at once. */
const BATCH = 500;
const FEE_RATE_MIN = 1_000;

/** Plays it; throws `DemoFailure` where something does not hold. `burst`: 1 payment at least. */
export async function play(
  stage: Stage,
  actors: readonly Actor[],
  burst: number,
): Promise<{ readonly height: number }> {
  const { height } = await stage.agreement();
  stage.done(`${String(stage.peers.length)} peers agree on block ${String(height)}`);
  const feeRate = await payAround(stage, actors);
  await findMiners(stage);
  const network = await networkOfStage(stage);
  const pair = new AccountKeys(seedOf(makeWords(systemEntropy)), 0).keyPair('receive', 0);
  const means = { pair, feeRate, networkId: network.idBytes };
  await playBurst(stage, actors, { network, burst: means, count: burst });
  return stage.agreement();
}

/** Each account pays the next one, all at once; then every peer must see the same balances. */
async function payAround(stage: Stage, actors: readonly Actor[]): Promise<number> {
  stage.say(`Each of ${String(actors.length)} accounts pays the next one ${String(AMOUNT)}:`);
  const addresses = await Promise.all(
    actors.map(async ({ peer, account }) => {
      return (await stage.ask(peer, 'giveAddress', { body: { account } })).address;
    }),
  );
  const before = await Promise.all(addresses.map((of) => seenBy(stage, of)));
  const paid = await Promise.all(
    actors.map(({ peer, account }, i) => {
      const to = addresses[(i + 1) % addresses.length] ?? '';
      return payFrom(stage, { peer, account }, to, AMOUNT);
    }),
  );
  stage.done(`${String(paid.length)} payments taken, each at a peer of its own`);
  await stage.untilMined('every peer sees them in blocks', async () => {
    const txids = paid.map(({ txid }) => txid);
    const missing = await Promise.all(txids.map((txid) => unconfirmed(stage, txid)));
    const count = missing.reduce((sum, one) => sum + one, 0);
    return count === 0 ? { found: true } : { stands: `${String(count)} look-ups find none` };
  });
  await stage.agreement();
  const after = await Promise.all(addresses.map((of) => seenBy(stage, of)));
  const isRight = after.every((seen, i) =>
    seen.every((amount, at) => amount === (before[i]?.[at] ?? 0) + AMOUNT),
  );
  const views = `${String(stage.peers.length)} peers × ${String(actors.length)} accounts`;
  stage.check(`all balances agree: ${views}`, isRight);
  return Math.max(FEE_RATE_MIN, ...paid.map(({ feeRate }) => feeRate));
}

/** Plans and sends at the payer's own peer. */
async function payFrom(stage: Stage, { peer, account }: Actor, to: string, amount: number) {
  const body = { from: account, to, amount };
  const { payment, feeRate } = await stage.ask(peer, 'planPayment', { body });
  const { transaction } = payment;
  const { txid } = await stage.ask(peer, 'sendPayment', { body: { transaction, sign: true } });
  return { txid, feeRate };
}

/** What each peer says of an address. */
async function seenBy(stage: Stage, address: string): Promise<readonly number[]> {
  const seen = await stage.askAll('address', { params: { address } });
  return seen.map(({ confirmed }) => confirmed);
}

/** How many peers know no block with it. */
async function unconfirmed(stage: Stage, txid: string): Promise<number> {
  const found = await Promise.all(
    stage.peers.map(({ client }) => client.call('transaction', { params: { txid }, query: {} })),
  );
  return found.filter((one) => !one.ok || one.value.confirmations === 0).length;
}

/** Blocks must come from more than one miner. */
async function findMiners(stage: Stage): Promise<void> {
  stage.say('Who mines:');
  const miners = await stage.untilMined('two miners have found blocks', async () => {
    const found = await minersOf(stage);
    if (found.size > 1) return { found };
    return { stands: `${String(found.size)} in the last ${String(RECENT_BLOCKS)} blocks` };
  });
  const blocks = [...miners.values()].map(String).join(', ');
  stage.check(`${String(miners.size)} miners found the last blocks: ${blocks}`, miners.size > 1);
}

/** Blocks of each, by the address that they are paid at. */
async function minersOf(stage: Stage): Promise<ReadonlyMap<string, number>> {
  const first = firstOf(stage.peers);
  const { height } = await stage.ask(first, 'status', {});
  const blocks = new Map<string, number>();
  for (let at = height; at > Math.max(0, height - RECENT_BLOCKS); at--) {
    const { transactions = [] } = await stage.ask(first, 'block', {
      params: { id: String(at) },
      query: {},
    });
    const miner = transactions[0]?.outputs[0]?.address ?? '';
    blocks.set(miner, (blocks.get(miner) ?? 0) + 1);
  }
  return blocks;
}

async function networkOfStage(stage: Stage): Promise<Network> {
  const { id, params } = await stage.ask(firstOf(stage.peers), 'network', {});
  const read = parseParamsJson(JSON.stringify(params));
  const network = read.ok ? networkOf(read.value) : undefined;
  if (network?.id === id) return network;
  throw new DemoFailure('A peer tells parameters of another network than its own.');
}

interface BurstPlan {
  readonly network: Network;
  readonly burst: Burst;
  readonly count: number;
}

/** One payment to the demo's own key, split wide; then as many payments as coins, all at once. */
async function playBurst(
  stage: Stage,
  actors: readonly Actor[],
  { network, burst, count }: BurstPlan,
): Promise<void> {
  const { prefix } = network.params;
  // One coin more: the double spend's.
  const coins = await makeCoins(stage, actors, { network, burst, count: count + 1 });
  const [spare, ...others] = coins;
  const [to, rival] = newAddresses();
  await spendTwice(stage, [
    payOnce(assertDefined(spare, 'it was made'), rival, burst),
    payOnce(assertDefined(spare, 'it was made'), burst.pair.address, burst),
  ]);
  stage.say(`A burst of ${String(count)} payments at ${String(stage.peers.length)} peers:`);
  const payments = others.map((coin) => payOnce(coin, to, burst));
  const startedMs = performance.now();
  await handInAll(stage, payments);
  const handedMs = performance.now() - startedMs;
  stage.done(`all are taken (${rate(count, handedMs)} a second)`);
  const address = encodeAddress(prefix, to);
  await stage.untilMined('every peer sees them all in blocks', async () => {
    const seen = await stage.askAll('address', { params: { address } });
    const least = Math.min(...seen.map((one) => one.coins));
    if (least >= count) return { found: true };
    return { stands: `${String(least)} of ${String(count)} at the slowest peer` };
  });
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const seen = await seenBy(stage, address);
  stage.check(
    `all ${String(count)} are confirmed at every peer, ${seconds} s after the first`,
    seen.every((amount) => amount === count * BURST_AMOUNT),
  );
}

/** Coins of the demo's own key, which an account pays for, in a block at every peer. */
async function makeCoins(
  stage: Stage,
  actors: readonly Actor[],
  { network, burst, count }: BurstPlan,
) {
  const amount = costOf(count, burst);
  const payer = await richest(stage, actors, amount);
  stage.say(`${payer.account} pays ${String(amount)} to a new key, which splits them:`);
  const own = encodeAddress(network.params.prefix, burst.pair.address);
  const { txid } = await payFrom(stage, payer, own, amount);
  await confirm(stage, [txid]);
  const { coins } = await stage.ask(payer.peer, 'coins', { params: { address: own }, query: {} });
  const coin = coins.find((one) => one.txid === txid);
  if (coin === undefined) throw new DemoFailure('The payment is in a block, but not its coin.');
  const made = split({ ...coin, txid: coin.txid as Txid }, count, burst);
  await handIn(stage, payer.peer, made.transactions);
  await confirm(
    stage,
    made.transactions.map((tx) => tx.txid),
  );
  const splits = made.transactions.length === 1 ? 'one transaction' : 'a few transactions';
  stage.done(`one coin became ${String(made.coins.length)}, by ${splits}`);
  return made.coins;
}

async function richest(stage: Stage, actors: readonly Actor[], amount: number): Promise<Actor> {
  for (const actor of actors) {
    const query = { of: actor.account };
    const { spendable } = await stage.ask(actor.peer, 'balance', { query });
    if (spendable > amount * 1.01) return actor;
  }
  throw new DemoFailure(`No account can pay ${String(amount)}: take --burst of fewer.`);
}

async function confirm(stage: Stage, txids: readonly string[]): Promise<void> {
  await stage.untilMined('every peer has them in a block', async () => {
    const counts = await Promise.all(txids.map((txid) => unconfirmed(stage, txid)));
    const missing = counts.reduce((sum, one) => sum + one, 0);
    return missing === 0 ? { found: true } : { stands: `${String(missing)} look-ups find none` };
  });
}

/** Two that spend one coin: the second must be refused before a block and after it, everywhere. */
async function spendTwice(
  stage: Stage,
  [first, second]: readonly [DecodedTransaction, DecodedTransaction],
): Promise<void> {
  stage.say('One coin, spent twice:');
  const [here, ...others] = stage.peers;
  await handIn(stage, assertDefined(here, 'there are peers'), [first]);
  const codes = await refusals(stage, [firstOf(stage.peers)], second);
  stage.check(`the second payment is refused: ${codes.join(', ')}`, codes.every(isRefused));
  await confirm(stage, [first.txid]);
  const later = await refusals(stage, [firstOf(stage.peers), ...others], second);
  stage.check(`and by every peer once the first is in a block`, later.every(isRefused));
}

const isRefused = (code: string): boolean => code !== TAKEN;
const TAKEN = 'taken';

/** Why each of `peers` does not take `tx`, or that it did. */
async function refusals(
  stage: Stage,
  peers: readonly StagePeer[],
  tx: DecodedTransaction,
): Promise<readonly string[]> {
  const body = { transactions: [toHex(tx.bytes)] };
  const answers = await Promise.all(
    peers.map((peer) => stage.ask(peer, 'submitTransactions', { body })),
  );
  return answers.map(({ results: [one] }) => {
    return one?.waits === false && one.code !== null ? one.code : TAKEN;
  });
}

/** Each peer gets its share, all at the same time. */
async function handInAll(stage: Stage, all: readonly DecodedTransaction[]): Promise<void> {
  const { peers } = stage;
  await Promise.all(
    peers.map(async (peer, i) => {
      const own = all.filter((_, at) => at % peers.length === i);
      for (let from = 0; from < own.length; from += BATCH) {
        await handIn(stage, peer, own.slice(from, from + BATCH));
      }
    }),
  );
}

async function handIn(
  stage: Stage,
  peer: StagePeer,
  transactions: readonly DecodedTransaction[],
): Promise<void> {
  const body = { transactions: transactions.map(({ bytes }) => toHex(bytes)) };
  const { results } = await stage.ask(peer, 'submitTransactions', { body });
  const refused = results.find(({ waits }) => !waits);
  if (refused !== undefined) throw new DemoFailure(`${peer.name} refuses: ${refused.message}`);
}

/** Of a key that nobody has any more afterwards. */
function newAddresses(): readonly [AddressHash, AddressHash] {
  const keys = new AccountKeys(seedOf(makeWords(systemEntropy)), 0);
  return [keys.keyPair('receive', 0).address, keys.keyPair('receive', 1).address];
}

const firstOf = (peers: readonly StagePeer[]): StagePeer =>
  assertDefined(peers[0], 'a network has a peer');

const rate = (count: number, ms: number): string => String(Math.round((count * 1_000) / ms));
