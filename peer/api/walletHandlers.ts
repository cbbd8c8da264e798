/** What the wallet's routes answer: JSON from and to what the wallet's port speaks. */

import { assertDefined } from '../../shared/assert.js';
import { fromHex, toHex } from '../../shared/bytes.js';
import { encodeAddress } from '../../shared/consensus/address.js';
import type { Static } from '../../shared/http/schema.js';
import type { WALLET_ROUTES } from '../../shared/http/walletRoutes.js';
import type {
  AccountJson,
  HistoryRowJson,
  PlannedJson,
  WalletJson,
  WatchedJson,
} from '../../shared/http/walletSchemas.js';
import { Trouble } from '../../shared/io/trouble.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { Txid } from '../../shared/units.js';
import type { HistoryRow } from '../wallet/accountHistory.js';
import { paymentFileJson, summarise } from '../wallet/paymentFile.js';
import type {
  AccountView,
  PlannedPayment,
  WalletPort,
  WalletStatus,
  WatchedView,
} from '../wallet/port.js';
import type { WalletProblem } from '../wallet/problem.js';
import type { Refusal } from './refusal.js';
import type { Handlers } from './server.js';

type WalletHandlers = Pick<Handlers, keyof typeof WALLET_ROUTES>;

/** `prefix`: of the network's addresses. */
export function createWalletHandlers(wallet: WalletPort, prefix: string): WalletHandlers {
  return {
    wallet: () => answered(() => walletJsonOf(wallet.status())),
    createWallet: ({ body }) =>
      answered(async () => ({ words: await wallet.create(body.passphrase) })),
    restoreWallet: ({ body }) =>
      attempted(() => wallet.restore(body.words, body.passphrase), walletJsonOf),
    unlockWallet: ({ body }) =>
      answered(async () => {
        const minutes = body.minutes ?? UNLOCK_MINUTES;
        return walletJsonOf(await wallet.unlock(body.passphrase, minutes));
      }),
    lockWallet: () => answered(() => walletJsonOf(wallet.lock())),
    walletWords: ({ body }) =>
      answered(async () => ({ words: await wallet.words(body.passphrase) })),
    accounts: () =>
      answered(async () => ({
        accounts: (await wallet.accounts()).map(accountJsonOf),
        watched: (await wallet.watched()).map((view) => watchedJsonOf(view, prefix)),
      })),
    createAccount: ({ body }) => attempted(() => wallet.createAccount(body.name), accountJsonOf),
    giveAddress: ({ body: { account } }) =>
      attempted(
        () => wallet.address(account),
        (address) => ({ account, address: encodeAddress(prefix, address) }),
      ),
    watchAddress: ({ body }) =>
      attempted(
        () => wallet.watch(body.address, body.label ?? ''),
        (view) => watchedJsonOf(view, prefix),
      ),
    balance: ({ query }) =>
      attempted(
        () => wallet.balance(query.of),
        (balance) => balance,
      ),
    walletHistory: ({ query }) =>
      attempted(
        () => wallet.history(query.of, pageOf(query)),
        (rows) => ({ rows: rows.map(rowJsonOf) }),
      ),
    planPayment: ({ body }) =>
      attempted(
        () => wallet.plan({ ...body, feeRate: body.feeRate, memo: bytesOf(body.memo ?? '') }),
        (planned) => plannedJsonOf(planned, prefix),
      ),
    sendPayment: ({ body }) =>
      attempted(
        () => wallet.send(bytesOf(body.transaction), { isToSign: body.sign === true }),
        ({ transaction, isOwn, isInChain }) => ({ txid: transaction.txid, isOwn, isInChain }),
      ),
    forgetPayment: ({ params }) =>
      attempted(() => Promise.resolve(wallet.forget(params.txid as Txid)), walletJsonOf),
  };
}

/** As the schema has it. */
const UNLOCK_MINUTES = 10;
const HISTORY_COUNT = 20;

/** Trouble with the wallet's files is told to the caller: it is his wallet. */
async function answered<T>(work: () => T | Promise<T>): Promise<Result<T, Refusal>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof Trouble) return fail({ type: 'trouble', trouble: error });
    throw error;
  }
}

async function attempted<T, J>(
  work: () => Promise<Result<T, WalletProblem>>,
  jsonOf: (value: T) => J,
): Promise<Result<J, Refusal>> {
  const done = await answered(work);
  if (!done.ok) return done;
  if (done.value.ok) return ok(jsonOf(done.value.value));
  return fail({ type: 'wallet', problem: done.value.error });
}

const bytesOf = (hex: string): Uint8Array =>
  assertDefined(fromHex(hex), 'the schema lets only hex through');

type HistoryQuery = Static<(typeof WALLET_ROUTES)['walletHistory']['query']>;

function pageOf({ count, beforeHeight, beforePosition }: HistoryQuery) {
  const before =
    beforeHeight === undefined
      ? undefined
      : { height: beforeHeight, position: beforePosition ?? 0 };
  return { count: count ?? HISTORY_COUNT, before };
}

const walletJsonOf = ({ locksAt, ...status }: WalletStatus): WalletJson => ({
  ...status,
  locksAt: locksAt ?? null,
});

const accountJsonOf = ({ account, balance }: AccountView): AccountJson => ({
  name: account.name,
  number: account.number,
  addresses: account.addresses.receive.given,
  balance,
});

const watchedJsonOf = ({ watched, balance }: WatchedView, prefix: string): WatchedJson => ({
  address: encodeAddress(prefix, watched.address),
  label: watched.label,
  balance,
});

const rowJsonOf = ({ place, time, ...row }: HistoryRow): HistoryRowJson => ({
  ...row,
  amount: row.received - row.spent,
  height: place?.height ?? null,
  position: place?.position ?? null,
  time: time ?? null,
});

function plannedJsonOf(planned: PlannedPayment, prefix: string): PlannedJson {
  const { file, own, amount, change, changeTo, fee, feeRate } = planned;
  const { transaction } = file;
  const { outputs, sizeBytes } = summarise(transaction, own);
  return {
    payment: paymentFileJson(file),
    txid: transaction.txid,
    inputs: transaction.inputs.map(({ txid, index, amount: worth }) => {
      return { txid, index, amount: worth };
    }),
    outputs: outputs.map((output) => ({
      ...output,
      address: encodeAddress(prefix, output.address),
      isChange: output.address === changeTo,
    })),
    memo: toHex(transaction.memo),
    ...{ amount, change, fee, feeRate, sizeBytes, lockHeight: transaction.lockHeight },
  };
}
