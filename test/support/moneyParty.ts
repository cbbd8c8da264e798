/** A node with a disk, an index and a wallet, which ends and starts again with all of them. */

import { Broken } from '../../lab/sim/broken.js';
import { Disk } from '../../lab/sim/disk.js';
import type { World } from '../../lab/sim/world.js';
import { addNode, addressOfNode, type WorldNode } from '../../lab/sim/worldNode.js';
import { Follower } from '../../peer/index/follower.js';
import { openIndexInMemory } from '../../peer/storage/openIndex.js';
import type { Command, CommandProblem, NodeEvent, Reply } from '../../peer/types.js';
import { AccountKeys } from '../../peer/wallet/accountKeys.js';
import { planFromAccount, type AccountPlan } from '../../peer/wallet/accountPayment.js';
import { isUsed, withAllUsed } from '../../peer/wallet/discovery.js';
import {
  addAccount,
  emptyDocument,
  findAccount,
  giveAddress,
  type WalletDocument,
} from '../../peer/wallet/document.js';
import { Holdings, watchedAddresses, type Balance } from '../../peer/wallet/holdings.js';
import type { Ledger } from '../../peer/wallet/ledger.js';
import { trackPayments, type TrackedPayment } from '../../peer/wallet/paymentState.js';
import type { WalletProblem } from '../../peer/wallet/problem.js';
import { lookFrom } from '../../peer/walletShell/nodeLedger.js';
import { submitTo } from '../../peer/walletShell/nodeSubmit.js';
import { Payer } from '../../peer/walletShell/payer.js';
import type { Network } from '../../shared/consensus/genesis.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { Result } from '../../shared/result.js';
import type { AddressHash } from '../../shared/units.js';
import { must } from './purse.js';

/** Of each wallet. */
export const ACCOUNTS = ['main', 'shop', 'safe'] as const;

/** Of the wallet at node `number`: 64 bytes. */
const seedOfParty = (number: number): Uint8Array => new Uint8Array(64).fill(number);

/** The first address of an account, which has coins in genesis. */
export const firstAddress = (number: number, account: number): AddressHash =>
  new AccountKeys(seedOfParty(number), account).keyPair('receive', 0).address;

export interface PaymentOrder {
  readonly from: string;
  readonly to: AddressHash;
  readonly amount: number;
  readonly feeRate: number;
}

interface MoneyPartyOptions {
  readonly number: number;
  /** Numbers of all, itself included. */
  readonly numbers: readonly number[];
  readonly onEvent: (event: NodeEvent) => void;
  /** A payment was lost, and the wallet sends it again. */
  readonly onResent: () => void;
}

export class MoneyParty {
  readonly number: number;
  readonly disk: Disk;
  readonly seed: Uint8Array;
  readonly payer: Payer;
  node: WorldNode;
  document: WalletDocument;
  follower: Follower;
  /** The process ends once after a payment was kept and before the node has it; called then. */
  beforeSending: (() => void) | undefined;
  readonly #world: World;
  readonly #network: Network;
  readonly #options: MoneyPartyOptions;
  readonly #index;
  #isResending = false;

  constructor(world: World, network: Network, options: MoneyPartyOptions) {
    this.#world = world;
    this.#network = network;
    this.#options = options;
    this.number = options.number;
    this.seed = seedOfParty(this.number);
    this.disk = new Disk(network);
    this.#index = openIndexInMemory(network);
    this.document = emptyDocument(network.id);
    for (const name of ACCOUNTS) {
      this.document = must(addAccount(this.document, name, this.seed));
    }
    this.payer = new Payer({
      look: (use) => this.look(use),
      submit: (bytes) => this.#send(bytes),
      now: () => world.now.unix,
      networkId: network.idBytes,
      document: () => this.document,
      save: (document) => {
        this.document = document;
      },
    });
    this.node = this.#addNode();
    this.follower = new Follower(this.node.node.queries, this.#index);
  }

  get queries() {
    return this.node.node.queries;
  }

  /** What waits at its node. */
  get waiting(): readonly DecodedTransaction[] {
    return [...this.queries.waitingOnes()].map(({ tx }) => tx);
  }

  /** The program ends without a word, or the computer without power. */
  kill(isPowerLost: boolean): void {
    this.node.kill();
    if (isPowerLost) this.disk.losePower();
  }

  start(): void {
    this.node = this.#addNode();
    this.follower = new Follower(this.queries, this.#index);
  }

  /** Reads with the index at the tip. */
  look<T>(use: (ledger: Ledger) => T): Promise<T> {
    const read = <R>(useIndex: (index: typeof this.index) => R): Promise<R> => {
      if (this.follower.followAll() !== 'resting') throw new Broken('the index does not follow');
      return Promise.resolve(useIndex(this.index));
    };
    return lookFrom({ read }, this.queries)(use);
  }

  get index() {
    return this.#index;
  }

  addressesOf(name: string): readonly AddressHash[] {
    return watchedAddresses(must(findAccount(this.document, name)));
  }

  tracked(): Promise<readonly TrackedPayment[]> {
    return this.look((ledger) => trackPayments(this.document, ledger));
  }

  balance(name: string): Promise<Balance> {
    return this.look((ledger) =>
      new Holdings(ledger, trackPayments(this.document, ledger)).balance(this.addressesOf(name)),
    );
  }

  /** What somebody without this wallet sees of addresses. */
  balanceFor(addresses: readonly AddressHash[]): Promise<Balance> {
    return this.look((ledger) => new Holdings(ledger, []).balance(addresses));
  }

  /** Gives out an address. */
  address(name: string): Promise<AddressHash> {
    return this.look((ledger) => {
      const given = must(giveAddress(this.document, name, (one) => isUsed(ledger, one)));
      this.document = given.document;
      return given.address;
    });
  }

  plan({ from, to, amount, feeRate }: PaymentOrder): Promise<Result<AccountPlan, WalletProblem>> {
    return this.look((ledger) => {
      const account = must(findAccount(this.document, from));
      const wish = { account, to, amount, feeRate, memo: new Uint8Array(0) };
      return planFromAccount(wish, ledger, trackPayments(this.document, ledger));
    });
  }

  /** What the wallet does every minute. */
  async tick(): Promise<void> {
    await this.look((ledger) => {
      this.payer.tidy(ledger);
      this.document = withAllUsed(this.document, this.seed, ledger);
    });
    this.#isResending = true;
    await this.payer.resend();
    this.#isResending = false;
  }

  /** Hands it to the node; what that says. */
  run(command: Command): Result<Reply, CommandProblem> {
    const { node } = this;
    const before = node.replies.length;
    const answer = () =>
      node.replies
        .slice(before)
        .find(({ result }) => !result.ok || result.value.type === 'transactions');
    node.command(command);
    this.#world.until(() => answer() !== undefined, 60_000);
    return answer()?.result ?? { ok: false, error: { code: 'target-not-fixed' } };
  }

  #send(bytes: Uint8Array): Promise<string | undefined> {
    if (this.#isResending) this.#options.onResent();
    const { beforeSending } = this;
    if (beforeSending === undefined) {
      return submitTo((command) => Promise.resolve(this.run(command)))(bytes);
    }
    this.beforeSending = undefined;
    beforeSending();
    this.kill(false);
    this.start();
    return Promise.resolve(undefined);
  }

  #addNode(): WorldNode {
    const { number, numbers, onEvent } = this.#options;
    const neighbours = numbers.filter((one) => one !== number).map(addressOfNode);
    const store = this.disk.open();
    const mining = { payTo: firstAddress(number, 0) };
    const node = addNode(this.#world, this.#network, { number, neighbours, store, mining });
    node.onEvent = onEvent;
    return node;
  }
}
