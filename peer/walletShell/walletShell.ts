/**
 * The wallet of a running node: its files, its keys while it is unlocked, and the payments that it
 * sends again. It answers from the node's index and mempool; the document that it keeps is public
 * keys and payments, so that all but signing works while it is locked.
 */

import { decodeAddress } from '../../shared/consensus/address.js';
import type { Network } from '../../shared/consensus/genesis.js';
import type { Entropy } from '../../shared/entropy.js';
import type { Logger } from '../../shared/io/logger.js';
import { Trouble } from '../../shared/io/trouble.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, Txid, UnixSeconds } from '../../shared/units.js';
import type { HistoryPage } from '../index/readers.js';
import { historyOf, type HistoryRow } from '../wallet/accountHistory.js';
import { planFromAccount } from '../wallet/accountPayment.js';
import type { FeeRate } from '../wallet/coinSelection.js';
import { isOfSeed, isUsed, withAllUsed } from '../wallet/discovery.js';
import {
  addAccount,
  allPaths,
  emptyDocument,
  findAccount,
  giveAddress,
  watch,
  type Account,
  type WalletDocument,
} from '../wallet/document.js';
import { addressesToCome, Holdings, watchedAddresses, type Balance } from '../wallet/holdings.js';
import type { Ledger } from '../wallet/ledger.js';
import { readPayment } from '../wallet/payment.js';
import { trackPayments } from '../wallet/paymentState.js';
import type {
  AccountView,
  PaymentWish,
  PlannedPayment,
  SendWish,
  SentPayment,
  WalletPort,
  WalletStatus,
  WatchedView,
} from '../wallet/port.js';
import type { WalletProblem } from '../wallet/problem.js';
import type { WalletNetwork } from '../wallet/secret.js';
import { makeWords, readWords, seedOf, type Words } from '../wallet/words.js';
import { AccountSearch } from './accountSearch.js';
import { OpenKeys } from './openKeys.js';
import { Payer, type Look, type Submit } from './payer.js';
import { addressIn, recipient } from './recipients.js';
import { noWallet, WalletFiles, walletExists } from './walletFiles.js';

export interface WalletShellOptions {
  /** The data directory. */
  readonly folder: string;
  readonly network: Network;
  /** What the first account is called; without it, `main`. */
  readonly firstAccount?: string | undefined;
}

export interface WalletShellDependencies {
  readonly look: Look;
  readonly submit: Submit;
  /** What to pay where nobody says it. */
  readonly feeRate: () => FeeRate;
  /** Whether the node has all blocks that are to be had; without it, whatever it says is all. */
  readonly isSynced?: () => boolean;
  /** Hears which addresses are the wallet's, and which come next. */
  readonly onAddresses?: (addresses: readonly AddressHash[]) => void;
  readonly entropy: Entropy;
  readonly now: () => UnixSeconds;
  readonly logger: Logger;
}

type Answer<T> = Result<T, WalletProblem>;

/** How often it looks after its payments. */
const TICK_MS = 60_000;

export class WalletShell implements WalletPort {
  readonly #network: WalletNetwork;
  readonly #dependencies: WalletShellDependencies;
  readonly #files: WalletFiles;
  readonly #keys: OpenKeys;
  readonly #payer: Payer;
  readonly #search: AccountSearch;
  readonly #timer: NodeJS.Timeout;
  #document: WalletDocument | undefined;
  /** One key is made at a time: each takes 64 MB. */
  #opening: Promise<unknown> = Promise.resolve();

  /** Nothing is read before somebody asks, or `tick`: a damaged file must not stop the node. */
  constructor(options: WalletShellOptions, dependencies: WalletShellDependencies) {
    const { folder, network, firstAccount } = options;
    const { id, params } = network;
    this.#network = { id, name: params.name, prefix: params.prefix };
    this.#dependencies = dependencies;
    this.#files = new WalletFiles(folder, this.#network, dependencies.entropy);
    this.#keys = new OpenKeys(dependencies.now);
    const { look, submit, now, isSynced = () => true } = dependencies;
    this.#search = new AccountSearch({ firstAccount, isSynced });
    this.#payer = new Payer({
      ...{ look, submit, now, networkId: network.idBytes },
      document: () => this.#load() ?? emptyDocument(id),
      save: (document) => {
        this.#save(document);
      },
    });
    this.#timer = setInterval(() => void this.tick(), TICK_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#keys.close();
  }

  /** Sends again what was lost, and sees what was paid. Trouble is told to the log. */
  async tick(): Promise<void> {
    try {
      if (this.#load() === undefined) return;
      await this.#dependencies.look((ledger) => {
        this.#payer.tidy(ledger);
        this.#catchUp(ledger);
      });
      await this.#payer.resend();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      const { message, advice } = error;
      this.#dependencies.logger.warn('the wallet is in trouble', { why: `${message} ${advice}` });
    }
  }

  status(): WalletStatus {
    const document = this.#load();
    const { hasVault } = this.#files;
    const closed = hasVault ? 'locked' : document === undefined ? 'none' : 'keyless';
    return {
      state: this.#keys.seed === undefined ? closed : 'unlocked',
      locksAt: this.#keys.closesAt,
      accounts: document?.accounts.length ?? 0,
      watched: document?.watched.length ?? 0,
      payments: document?.payments.length ?? 0,
    };
  }

  create(passphrase: string): Promise<Words> {
    return this.#alone(async () => {
      const words = makeWords(this.#dependencies.entropy);
      await this.#make(words, passphrase, UNLOCKED_MINUTES);
      return words;
    });
  }

  /** Open for `minutes` after it; 0: until it is locked. */
  restore(
    text: string,
    passphrase: string,
    minutes = UNLOCKED_MINUTES,
  ): Promise<Answer<WalletStatus>> {
    return this.#alone(async () => {
      const words = readWords(text);
      if (!words.ok) return fail({ code: 'bad-words', problem: words.error });
      await this.#make(words.value, passphrase, minutes);
      return ok(this.status());
    });
  }

  unlock(passphrase: string, minutes: number): Promise<WalletStatus> {
    return this.#alone(async () => {
      const { words } = await this.#files.unseal(passphrase);
      await this.#open(seedOf(words), minutes);
      return this.status();
    });
  }

  lock(): WalletStatus {
    this.#keys.close();
    return this.status();
  }

  words(passphrase: string): Promise<Words> {
    return this.#alone(async () => (await this.#files.unseal(passphrase)).words);
  }

  accounts(): Promise<readonly AccountView[]> {
    return this.#dependencies.look((ledger) =>
      this.#read().accounts.map((account) => this.#viewOf(account, ledger)),
    );
  }

  createAccount(name: string): Promise<Answer<AccountView>> {
    return this.#dependencies.look((ledger): Answer<AccountView> => {
      const document = this.#read();
      const { seed } = this.#keys;
      if (seed === undefined) return fail(this.#isClosed());
      const added = addAccount(document, name, seed);
      if (!added.ok) return added;
      const whole = withAllUsed(added.value, seed, ledger);
      const account = findAccount(whole, name);
      const view = account.ok ? ok(this.#viewOf(account.value, ledger)) : account;
      this.#save(whole);
      return view;
    });
  }

  address(name: string): Promise<Answer<AddressHash>> {
    return this.#dependencies.look((ledger): Answer<AddressHash> => {
      const given = giveAddress(this.#read(), name, (address) => isUsed(ledger, address));
      if (!given.ok) return this.#inItsWords(given);
      if (given.value.document !== this.#document) this.#save(given.value.document);
      return ok(given.value.address);
    });
  }

  watched(): Promise<readonly WatchedView[]> {
    return this.#dependencies.look((ledger) => {
      const holdings = this.#holdings(ledger);
      return this.#read().watched.map((watched) => {
        return { watched, balance: holdings.balance([watched.address]) };
      });
    });
  }

  watch(text: string, label: string): Promise<Answer<WatchedView>> {
    return this.#dependencies.look((ledger): Answer<WatchedView> => {
      const document = this.#load() ?? emptyDocument(this.#network.id);
      const address = addressIn(text, this.#network.prefix);
      if (!address.ok) return address;
      const isKnown =
        allPaths(document.accounts).has(address.value) ||
        document.watched.some((one) => one.address === address.value);
      if (isKnown) return fail({ code: 'already-watched', text });
      const watched = { address: address.value, label };
      const changed = watch(document, watched);
      if (!changed.ok) return changed;
      ledger.need([address.value]);
      this.#save(changed.value);
      return ok({ watched, balance: this.#holdings(ledger).balance([address.value]) });
    });
  }

  balance(of: string | undefined): Promise<Answer<Balance>> {
    return this.#dependencies.look((ledger): Answer<Balance> => {
      const addresses = this.#addressesOf(of);
      return addresses.ok ? ok(this.#holdings(ledger).balance(addresses.value)) : addresses;
    });
  }

  history(of: string | undefined, page: HistoryPage): Promise<Answer<readonly HistoryRow[]>> {
    return this.#dependencies.look((ledger): Answer<readonly HistoryRow[]> => {
      const addresses = this.#addressesOf(of);
      if (!addresses.ok) return addresses;
      const tracked = trackPayments(this.#read(), ledger);
      return ok(historyOf(addresses.value, page, { ledger, tracked }));
    });
  }

  plan(wish: PaymentWish): Promise<Answer<PlannedPayment>> {
    return this.#dependencies.look((ledger) => this.#plan(wish, ledger));
  }

  async send(transaction: Uint8Array, { isToSign }: SendWish): Promise<Answer<SentPayment>> {
    const signer = isToSign ? { seed: this.#keys.seed } : undefined;
    return this.#inItsWords(await this.#payer.send(transaction, signer));
  }

  forget(txid: Txid): Answer<WalletStatus> {
    const isKnown = this.#read().payments.some((one) => one.txid === txid);
    if (!isKnown) return fail({ code: 'no-such-payment', txid });
    this.#payer.forget(new Set([txid]));
    return ok(this.status());
  }

  /** The document, also one that was put there since the last call. */
  #load(): WalletDocument | undefined {
    if (this.#document === undefined) this.#keep(this.#files.readDocument());
    return this.#document;
  }

  #read(): WalletDocument {
    const document = this.#load();
    if (document !== undefined) return document;
    if (!this.#files.hasVault) throw noWallet();
    throw new Trouble(
      'wallet-locked',
      'This wallet’s addresses must be found again from its words.',
      'Unlock it: cairn wallet unlock.',
    );
  }

  #save(document: WalletDocument): void {
    this.#files.writeDocument(document);
    this.#keep(document);
  }

  #keep(document: WalletDocument | undefined): void {
    this.#document = document;
    if (document !== undefined) this.#dependencies.onAddresses?.(addressesToCome(document));
  }

  async #make(words: Words, passphrase: string, minutes: number): Promise<void> {
    const seed = seedOf(words);
    const known = this.#load();
    const isOther = known !== undefined && known.accounts.length > 0 && !isOfSeed(known, seed);
    if (this.#files.hasVault || isOther) throw walletExists();
    // Where the node cannot be asked, nothing is sealed.
    await this.#dependencies.look(() => undefined);
    await this.#files.seal({ network: this.#network, words }, passphrase);
    try {
      await this.#open(seed, minutes);
    } catch (error) {
      // Nobody saw the words of a new wallet yet.
      this.#files.removeVault();
      throw error;
    }
  }

  #plan(wish: PaymentWish, ledger: Ledger): Answer<PlannedPayment> {
    const document = this.#read();
    const account = findAccount(document, wish.from);
    if (!account.ok) return account;
    const { prefix } = this.#network;
    const to = recipient(wish.to, { document, ledger, prefix });
    if (!to.ok) return to;
    const { amount, memo } = wish;
    const feeRate = wish.feeRate ?? this.#dependencies.feeRate();
    const tracked = trackPayments(document, ledger);
    const request = { account: account.value, to: to.value, amount, feeRate, memo };
    const plan = planFromAccount(request, ledger, tracked);
    if (!plan.ok) return plan;
    const { unsigned, paths, change, changeTo, fee } = plan.value;
    const transaction = readPayment(unsigned);
    if (!transaction.ok) return fail({ code: 'bad-payment', rule: transaction.error.code });
    return ok({
      file: { network: this.#network, transaction: transaction.value, paths },
      ...{ amount, change, changeTo, fee, feeRate },
      own: new Set(allPaths(document.accounts).keys()),
    });
  }

  /** Brings the document up to what the words lead to, and keeps the seed for a while. */
  async #open(seed: Uint8Array, minutes: number): Promise<void> {
    await this.#dependencies.look((ledger) => {
      const before = this.#load();
      if (before !== undefined && !isOfSeed(before, seed)) throw this.#files.isDamaged();
      const found = this.#search.open(before ?? emptyDocument(this.#network.id), seed, ledger);
      if (found !== before) this.#save(found);
    });
    this.#keys.open(seed, minutes);
    // Where nobody can tell now whether there are more accounts, it is open all the same.
    if (!this.#search.isOver) await this.tick();
  }

  /** What was paid to addresses that nobody gave out counts as given out. */
  #catchUp(ledger: Ledger): void {
    const document = this.#read();
    const found = this.#search.goOn(document, this.#keys.seed, ledger);
    if (found !== document) this.#save(found);
  }

  /** Why there is no seed. */
  #isClosed(): WalletProblem {
    return { code: this.#files.hasVault ? 'wallet-locked' : 'keys-elsewhere' };
  }

  /** Where the words are elsewhere, nobody can unlock it. */
  #inItsWords<T>(answer: Answer<T>): Answer<T> {
    const isLocked = !answer.ok && answer.error.code === 'wallet-locked';
    return isLocked ? fail(this.#isClosed()) : answer;
  }

  #holdings(ledger: Ledger): Holdings {
    return new Holdings(ledger, trackPayments(this.#read(), ledger));
  }

  #viewOf(account: Account, ledger: Ledger): AccountView {
    return { account, balance: this.#holdings(ledger).balance(watchedAddresses(account)) };
  }

  #addressesOf(of: string | undefined): Answer<readonly AddressHash[]> {
    const document = this.#read();
    if (of === undefined) return ok(document.accounts.flatMap(watchedAddresses));
    const address = decodeAddress(this.#network.prefix, of);
    if (address.ok) return ok([address.value]);
    const account = findAccount(document, of);
    return account.ok ? ok(watchedAddresses(account.value)) : account;
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#opening;
    const done = before.then(work);
    this.#opening = done.catch(() => undefined);
    return done;
  }
}

/** After its words were shown or typed. */
const UNLOCKED_MINUTES = 10;
