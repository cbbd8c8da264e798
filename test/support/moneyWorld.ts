/**
 * Three nodes with wallets that pay each other, and all that goes wrong between them: coins spent
 * twice, branches, programs that end, power that is lost. A seed gives the whole course.
 */

import { Broken } from '../../lab/sim/broken.js';
import { simKey } from '../../lab/sim/keys.js';
import { World } from '../../lab/sim/world.js';
import type { NodeEvent } from '../../peer/types.js';
import { ownPaths, payerOf, type AccountPlan } from '../../peer/wallet/accountPayment.js';
import { keyPairsAt } from '../../peer/wallet/paymentFile.js';
import { assertDefined } from '../../shared/assert.js';
import { toHex } from '../../shared/bytes.js';
import type { Network } from '../../shared/consensus/genesis.js';
import {
  outpointKey,
  type DecodedTransaction,
  type OutPoint,
} from '../../shared/consensus/transaction.js';
import { sample, seededRng, type Rng } from '../../shared/rng.js';
import type { AddressHash, Amount } from '../../shared/units.js';
import { DISCONNECT_REASONS } from '../../shared/wire/disconnect.js';
import { makeNetwork, spend } from './blocks.js';
import { MoneyChecks, nameOf } from './moneyChecks.js';
import { ACCOUNTS, firstAddress, MoneyParty, type PaymentOrder } from './moneyParty.js';
import { MoneyPaths, type Made } from './moneyPaths.js';

const NUMBERS = [1, 2, 3] as const;
const ALLOCATION = 100_000_000 as Amount;
const ALLOCATIONS_EACH = 2;
/** From a few units to more than most accounts have. */
const AMOUNTS_MAX = [1_000, 1_000_000, 100_000_000, 300_000_000] as const;
/** Nobody here has their keys. */
const OUTSIDERS = 1_000;
const FEE_RATE_MIN = 1_000;
const FEE_RATES = 4_000;
/** Payments of late that somebody may try to spend again. */
const RIVALS_MAX = 4;
/** Until everything is in the chain that can come there. */
const ROUNDS_MAX = 60;

type Step = (world: MoneyWorld) => Promise<void> | void;

/** How often each is done, of all together. */
const STEPS: readonly (readonly [weight: number, name: string, step: Step])[] = [
  [300, 'pay', (world) => world.pay(false)],
  [60, 'pay an outsider', (world) => world.pay(true)],
  [100, 'spend again', (world) => world.spendAgain()],
  [200, 'mine', (world) => world.mine()],
  [150, 'pass time', (world) => world.pass()],
  [40, 'cut', (world) => world.cut()],
  [30, 'heal', (world) => world.heal()],
  [25, 'kill', (world) => world.kill(false)],
  [8, 'lose power', (world) => world.kill(true)],
  [20, 'sync a disk', (world) => world.anyone().disk.sync()],
  [60, 'look after payments', (world) => world.anyone().tick()],
  [15, 'die before sending', (world) => world.dieBeforeSending()],
  [20, 'count', (world) => world.check()],
  [3, 'pass a day', (world) => world.passDay()],
];
const WEIGHTS = STEPS.reduce((sum, [weight]) => sum + weight, 0);

export class MoneyWorld {
  readonly checks: MoneyChecks;
  readonly paths = new MoneyPaths();
  /** Names of its steps, the one under way included. */
  readonly course: string[] = [];
  readonly #world: World;
  readonly #rng: Rng;
  readonly #network: Network;
  readonly #parties: readonly MoneyParty[];

  constructor(seed: number) {
    this.#rng = seededRng(seed);
    this.#world = new World({ seed });
    const allocations = NUMBERS.flatMap((number) =>
      ACCOUNTS.flatMap((_, account) =>
        Array.from({ length: ALLOCATIONS_EACH }, () => {
          return { amount: ALLOCATION, address: firstAddress(number, account) };
        }),
      ),
    );
    const subsidy = 50_000_000 as Amount;
    const changes = { allocations, maturity: 3, subsidy, halvingInterval: 150 };
    this.#network = makeNetwork(changes);
    const options = {
      numbers: NUMBERS,
      onEvent: (event: NodeEvent): void => {
        this.#onEvent(event);
      },
      onResent: (): void => {
        this.paths.reached('payment sent again');
      },
    };
    this.#parties = NUMBERS.map(
      (number) => new MoneyParty(this.#world, this.#network, { number, ...options }),
    );
    this.checks = new MoneyChecks(this.#parties);
    this.heal();
    for (const { disk } of this.#parties) disk.sync();
  }

  /** One of many things. */
  async step(): Promise<void> {
    let left = this.#rng.below(WEIGHTS);
    const found = STEPS.find(([weight]) => (left -= weight) < 0);
    const [, name, step] = assertDefined(found, 'the weights sum up');
    this.course.push(name);
    await step(this);
    // What comes at once meets what is on its way.
    if (this.#rng.below(3) > 0) this.#world.run(this.#rng.below(1_500));
    for (const party of this.#parties) this.checks.checkPool(party);
    this.paths.watch();
  }

  /** All meet again, all that can be is brought into the chain, and everything is counted. */
  async rest(): Promise<void> {
    await this.agree();
    for (const party of this.#parties) await this.checks.checkBalances(party);
    for (let round = 0; !(await this.#isQuiet()); round++) {
      if (round === ROUNDS_MAX) throw new Broken(`there is no rest; ${this.#state()}`);
      for (const party of this.#parties) await party.tick();
      this.#mineAt(assertDefined(this.#parties[round % NUMBERS.length], 'one of them'));
      this.#world.run(3_000);
    }
    await this.agree();
    await this.checks.checkRest();
    for (const party of this.#parties) await this.#endRest(party);
  }

  /** Between somebody's accounts, or of them to others. */
  async pay(isOutside: boolean): Promise<void> {
    const payer = this.anyone();
    const to = isOutside ? this.#outsider() : await this.#anyAddress();
    const from = this.#pick(ACCOUNTS);
    const amount = 1 + this.#rng.below(this.#pick(AMOUNTS_MAX));
    const feeRate = FEE_RATE_MIN + this.#rng.below(FEE_RATES);
    const plan = await this.#plan(payer, { from, to, amount, feeRate });
    if (plan !== undefined) await this.#sendPlan(payer, plan);
  }

  async dieBeforeSending(): Promise<void> {
    const payer = this.anyone();
    payer.beforeSending = () => {
      this.paths.reached('killed before sending');
    };
    const [from, to] = [this.#pick(ACCOUNTS), this.#outsider()];
    const order = { from, to, amount: 1 + this.#rng.below(10_000), feeRate: FEE_RATE_MIN };
    const plan = await this.#plan(payer, order);
    if (plan !== undefined) await this.#sendPlan(payer, plan);
    payer.beforeSending = undefined;
  }

  /** Somebody with the same keys spends coins of a payment once more, at another node. */
  spendAgain(one?: Made): void {
    const some = this.paths.recent.slice(-RIVALS_MAX);
    const { payer, tx } = one ?? some[this.#rng.below(Math.max(1, some.length))] ?? {};
    if (payer === undefined || tx === undefined) return;
    const rival = this.#rivalOf(payer, tx);
    if (rival === undefined) return;
    this.checks.onMade(rival);
    const others = this.#parties.filter((party) => party !== payer);
    const at = this.#rng.below(4) === 0 ? payer : this.#pick(others);
    const reply = at.run({ type: 'submit-transactions', transactions: [rival.bytes] });
    if (!reply.ok || reply.value.type !== 'transactions') throw new Broken('no answer');
    const isTaken = reply.value.outcomes[0]?.reject === undefined;
    this.paths.reached(isTaken ? 'coin spent again, and taken' : 'coin spent again, and refused');
  }

  mine(): void {
    this.#mineAt(this.anyone(), 1 + this.#rng.below(3));
  }

  pass(): void {
    this.#world.run(this.#rng.below(20_000));
  }

  /** Longer than anything waits at a node. */
  passDay(): void {
    this.#world.run(25 * 3_600_000);
  }

  /** One against two, so that both sides mine. */
  cut(): void {
    const island = [this.anyone()];
    const rest = this.#parties.filter((party) => !island.includes(party));
    const nodes = (parties: readonly MoneyParty[]) => parties.map(({ node }) => node);
    this.#world.cut(nodes(island), nodes(rest));
  }

  heal(): void {
    this.#world.heal();
    for (const [i, { node }] of this.#parties.entries()) {
      for (const other of this.#parties.slice(i + 1)) node.connectTo(other.node);
    }
    this.#world.run(this.#rng.below(3_000));
  }

  /** The program ends; others go on; it starts again on its disk. */
  kill(isPowerLost: boolean): void {
    const party = this.anyone();
    this.paths.reached(isPowerLost ? 'power lost' : 'program killed');
    party.kill(isPowerLost);
    const others = this.#parties.filter((one) => one !== party);
    if (this.#rng.below(2) === 0) this.#mineAt(this.#pick(others));
    this.#world.run(this.#rng.below(5_000));
    party.start();
  }

  /** What somebody's accounts see in the middle of everything. */
  check(): Promise<void> {
    return this.checks.checkBalances(this.anyone());
  }

  anyone(): MoneyParty {
    return this.#pick(this.#parties);
  }

  /** All have one chain, and all that wallets keep is with their nodes. */
  async agree(): Promise<void> {
    this.heal();
    for (let round = 0; round < 3 || !this.#isAgreed(); round++) {
      if (round === ROUNDS_MAX) throw new Broken(`they do not agree; ${this.#state()}`);
      this.#world.run(2_000);
      if (this.#isAgreed()) for (const party of this.#parties) await party.tick();
      // Two branches of equal work, or a session that a cut has taken.
      else if (round % 5 === 4) {
        this.#mineAt(this.anyone());
        this.heal();
      }
    }
  }

  /** Lets go of what failed, or looks at it for longer. */
  async #endRest(party: MoneyParty): Promise<void> {
    const failed = (await party.tracked()).filter(({ state }) => state.type === 'failed');
    for (const { tx } of failed) {
      this.paths.reached('payment in conflict');
      if (this.#rng.below(2) === 0) party.payer.forget(new Set([tx.txid]));
    }
    party.disk.sync();
    const bans = party.node.reasons.filter((one) => DISCONNECT_REASONS[one].fault === 'ban');
    if (bans.length > 0) throw new Broken(`${nameOf(party)} let others go: ${bans.join(', ')}`);
  }

  async #plan(payer: MoneyParty, order: PaymentOrder): Promise<AccountPlan | undefined> {
    const plan = await payer.plan(order);
    if (!plan.ok) {
      const { error } = plan;
      if (error.code !== 'not-enough') throw new Broken(`no payment: ${JSON.stringify(error)}`);
      const { spendable } = await payer.balance(order.from);
      if (error.available !== spendable) throw new Broken('the plan sees another balance');
      this.paths.reached('too little to pay');
      return undefined;
    }
    const taken = new Set(payer.waiting.flatMap(({ inputs }) => inputs.map(outpointOf)));
    for (const coin of plan.value.coins) {
      const isThere = payer.queries.coin(outpointOf(coin)) !== undefined;
      const isChange = payer.queries.waiting(coin.txid) !== undefined;
      if (isChange) this.paths.reached('payment with change that waits');
      if (taken.has(outpointOf(coin)) || (!isThere && !isChange)) {
        throw new Broken(`the wallet of ${nameOf(payer)} pays with a coin that is gone`);
      }
    }
    return plan.value;
  }

  async #sendPlan(payer: MoneyParty, plan: AccountPlan): Promise<void> {
    const tip = payer.node.tip;
    const sent = await payer.payer.send(plan.unsigned, { seed: payer.seed });
    if (sent.ok) {
      const { transaction } = sent.value;
      this.checks.onMade(transaction);
      this.paths.reached('payment');
      const made = { payer, tx: transaction };
      this.paths.onMade(made);
      // At once, before others have heard of it.
      if (this.#rng.below(5) === 0) this.spendAgain(made);
      return;
    }
    const { error } = sent;
    if (error.code === 'payment-refused' && error.rule.startsWith('chain-too-long')) {
      return;
    }
    const isThere = plan.coins.every(
      (coin) =>
        payer.queries.coin(outpointOf(coin)) !== undefined ||
        payer.queries.waiting(coin.txid) !== undefined,
    );
    const isSame = isThere && payer.node.tip === tip;
    if (isSame) throw new Broken(`a payment was refused: ${JSON.stringify(error)}`);
  }

  #rivalOf(payer: MoneyParty, tx: DecodedTransaction): DecodedTransaction | undefined {
    if (payerOf(payer.document, tx) === undefined) return undefined;
    const pairs = keyPairsAt(payer.seed, ownPaths(payer.document, tx));
    const owners = new Map(pairs.map((pair) => [toHex(pair.key), pair]));
    const inputs = sample(this.#rng, tx.inputs, 1 + this.#rng.below(tx.inputs.length));
    const coins = inputs.map(({ txid, index, amount, key }) => {
      const owner = owners.get(toHex(assertDefined(tx.keys[key], 'each input has a key')));
      return { txid, index, amount, owner: assertDefined(owner, 'it is of this wallet') };
    });
    const sum = coins.reduce((total, { amount }) => total + amount, 0);
    const fee = (this.#pick([1, 2, 40]) * FEE_RATE_MIN * tx.bytes.length) / 1_000;
    const amount = (sum - Math.ceil(fee)) as Amount;
    if (amount <= 0) return undefined;
    const address = this.#rng.below(2) === 0 ? this.#outsider() : this.#ownerOf();
    return spend(this.#network, { coins, outputs: [{ amount, address }] });
  }

  #mineAt({ node }: MoneyParty, count = 1): void {
    node.command({ type: 'generate', count });
    this.#world.run(count * 20);
  }

  async #isQuiet(): Promise<boolean> {
    if (!this.#isAgreed()) return false;
    for (const party of this.#parties) {
      if (party.waiting.length > 0) return false;
      const tracked = await party.tracked();
      if (tracked.some(({ state }) => state.type === 'unsent')) return false;
    }
    return true;
  }

  #isAgreed(): boolean {
    return new Set(this.#parties.map(({ node }) => node.tip)).size === 1;
  }

  #state(): string {
    const each = this.#parties.map((party) => {
      const { height, peerCount } = party.node;
      const counts = `${String(party.waiting.length)} wait, ${String(peerCount)} peers`;
      return `${nameOf(party)} at ${String(height)}, ${counts}`;
    });
    return each.join('; ');
  }

  async #anyAddress(): Promise<AddressHash> {
    const payee = this.anyone();
    return payee.address(this.#pick(ACCOUNTS));
  }

  #ownerOf(): AddressHash {
    return firstAddress(this.anyone().number, this.#rng.below(ACCOUNTS.length));
  }

  #outsider(): AddressHash {
    return simKey(OUTSIDERS + this.#rng.below(100)).address;
  }

  #pick<T>(from: readonly T[]): T {
    return assertDefined(from[this.#rng.below(from.length)], 'there is one');
  }

  #onEvent(event: NodeEvent): void {
    if (event.type === 'reorganised') this.paths.reached('reorganisation');
    if (event.type === 'block-disconnected') this.paths.reached('block left');
  }
}

const outpointOf = ({ txid, index }: OutPoint): string => outpointKey(txid, index);
