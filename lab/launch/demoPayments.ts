/** The demo accounts of a network: what they hold, and the payments that they make now and then. */

import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { demoAddress, type DemoWallets } from '../../peer/wallet/demoWallets.js';
import { encodeAddress } from '../../shared/consensus/address.js';
import { NodeClient, type ClientProblem } from '../../shared/http/client.js';
import { ok, type Result } from '../../shared/result.js';

export interface DemoAccountView {
  readonly name: string;
  /** The one that the genesis block paid. */
  readonly address: string;
  /** Smallest units, of the whole account, with what waits; `undefined`: no answer of its peer. */
  readonly balance: number | undefined;
}

export interface DemoPeer {
  readonly name: string;
  readonly httpUrl: string;
}

/** Between two payments of all of them together. */
const PAUSE_MS = { min: 2_000, max: 6_000 };
const AMOUNT = { min: 1_000, max: 100_000 };
/** Where so many wait already, as where nobody mines, nobody pays: a chain of 25 is the limit. */
const WAITING_MAX = 10;
const TIMEOUT_MS = 10_000;

interface Account {
  readonly name: string;
  readonly address: string;
  readonly client: NodeClient;
}

export class DemoPayments {
  readonly #accounts: readonly Account[];
  readonly #onLine: (line: string) => void;
  readonly #stop = new AbortController();
  readonly #told = new Set<string>();

  /** Of those peers that have a demo wallet. `prefix`: of the network's addresses. */
  constructor(
    { accounts }: DemoWallets,
    peers: readonly DemoPeer[],
    { prefix, onLine }: { readonly prefix: string; readonly onLine: (line: string) => void },
  ) {
    this.#accounts = accounts.flatMap((account) => {
      const peer = peers.find(({ name }) => name === account.name);
      if (peer === undefined) return [];
      const client = new NodeClient({ baseUrl: peer.httpUrl, timeoutMs: TIMEOUT_MS });
      const address = encodeAddress(prefix, demoAddress(account));
      return [{ name: account.name, address, client }];
    });
    this.#onLine = onLine;
  }

  /** What each holds, in the order of the peers. */
  look(): Promise<DemoAccountView[]> {
    return Promise.all(
      this.#accounts.map(async ({ name, address, client }) => {
        const answer = await client.call('balance', { query: { of: name } });
        return {
          name,
          address,
          balance: answer.ok ? answer.value.confirmed + answer.value.pending : undefined,
        };
      }),
    );
  }

  /** Lets them pay each other until `close`. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && this.#accounts.length > 1) {
      const paid = await this.#payOnce();
      if (!paid.ok) this.#tell(paid.error);
      const pauseMs = randomInt(PAUSE_MS.min, PAUSE_MS.max);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What was begun is ended, and nothing more begins. */
  close(): void {
    this.#stop.abort();
  }

  /** Some account pays another one. */
  async #payOnce(): Promise<Result<unknown, Failure>> {
    const at = randomInt(this.#accounts.length);
    const other = (at + randomInt(1, this.#accounts.length)) % this.#accounts.length;
    const [payer, payee] = [this.#accounts[at], this.#accounts[other]];
    if (payer === undefined || payee === undefined) return ok(undefined);
    const failed = <T>(answer: Result<T, ClientProblem>): Result<T, Failure> =>
      answer.ok ? answer : { ok: false, error: { name: payer.name, problem: answer.error } };
    const status = failed(await payer.client.call('status', {}));
    if (!status.ok || status.value.mempool.count >= WAITING_MAX) return status;
    const amount = randomInt(AMOUNT.min, AMOUNT.max);
    const body = { from: payer.name, to: payee.address, amount };
    const planned = failed(await payer.client.call('planPayment', { body }));
    if (!planned.ok || this.#stop.signal.aborted) return planned;
    const { transaction } = planned.value.payment;
    return failed(await payer.client.call('sendPayment', { body: { transaction, sign: true } }));
  }

  /** Once for each kind. */
  #tell({ name, problem }: Failure): void {
    const why = problem.type === 'refused' ? problem.error.message : 'its peer does not answer.';
    const kind = problem.type === 'refused' ? problem.error.code : problem.type;
    if (this.#told.has(kind) || this.#stop.signal.aborted) return;
    this.#told.add(kind);
    this.#onLine(`${name} could not pay: ${why}`);
  }
}

interface Failure {
  /** Of the account that pays. */
  readonly name: string;
  readonly problem: ClientProblem;
}
