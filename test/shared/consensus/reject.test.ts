import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { encodeBlock } from '../../../shared/consensus/block.js';
import { HEADER_BYTES, headerHash } from '../../../shared/consensus/header.js';
import { describeReject, REJECTS, type RejectCode } from '../../../shared/consensus/reject.js';
import {
  decodeTransaction,
  type DecodedTransaction,
  type Transaction,
  type TxInput,
  type TxOutput,
} from '../../../shared/consensus/transaction.js';
import { hashValue } from '../../../shared/consensus/work.js';
import type { Amount, Bits, Txid } from '../../../shared/units.js';
import {
  ALLOCATION,
  coinOf,
  decoded,
  genesisCoin,
  genesisOf,
  makeCoinbase,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type CoinbaseOptions,
  type NextBlock,
  type Spend,
} from '../../support/blocks.js';
import { LATE, memoryStore, settle } from '../../support/chains.js';

describe('consensus/reject', () => {
  it('says each rule in one sentence, and each another one', () => {
    const sentences = Object.values(REJECTS).map(({ sentence }) => sentence);
    for (const sentence of sentences) expect(sentence).to.match(/^[A-Z][^.]*\.$/);
    expect(new Set(sentences).size).to.equal(sentences.length);
  });

  it('blames nobody for what may become right or breaks no rule', () => {
    for (const [code, row] of Object.entries(REJECTS)) {
      if (row.class === 'not-yet' || row.class === 'policy')
        expect(row.fault, code).to.equal('none');
    }
  });

  it('prints code, sentence and data in one line', () => {
    expect(describeReject({ code: 'bad-pow' })).to.equal(
      'bad-pow: The hash is above the effective target.',
    );
    const bits = { expected: 5 as Bits, found: 6 as Bits };
    expect(describeReject({ code: 'bad-bits', ...bits })).to.match(/\(expected 5, found 6\)$/);
  });
});

describe('consensus/reject: an example of each', () => {
  it('takes what the examples change', () => {
    expect(refusal(withTx(payment()))).to.equal(undefined);
    expect(refusal(withTx(good))).to.equal(undefined);
    expect(refusal(child({ coinbase: coinbase() }))).to.equal(undefined);
  });

  for (const code of Object.keys(REJECTS) as RejectCode[]) {
    it(`${code}: ${REJECTS[code].sentence}`, () => {
      expect(EXAMPLES[code]()).to.equal(code);
    });
  }
});

const network = makeNetwork({ fixedTarget: false, blockBytesMax: 150_000 });
const genesis = genesisOf(network);
const { subsidy, cap } = network.params;
const { time } = genesis.point;

/** What breaks each rule, and none that is looked at before; the answer is a real chain's. */
const EXAMPLES: Readonly<Record<RejectCode, () => RejectCode | undefined>> = {
  'bad-version': () => refusal(child({ header: { version: 2 } })),
  'bad-bits': () => refusal(child({ header: { bits: 0x1f00_ffff as Bits } })),
  'bad-pow': () => refusal(unmined()),
  'time-before-parent': () => refusal(child({ time: time - 1 })),
  'time-too-far-ahead': () => refusal(child({ time: LATE + 1_000 })),
  'unknown-parent': () => refusal(nextBlock(network, nextBlock(network, genesis)).bytes),
  'invalid-parent': () => refusal(invalid.bytes, nextBlock(network, invalid).bytes),
  'known-invalid': () => refusal(invalid.bytes, invalid.bytes),
  'too-many-eased-siblings': () =>
    refusal(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => child({ time: time + cap + n }))),

  'undecodable-block': () => refusal(child().subarray(0, -1)),
  'bad-merkle-root': () => refusal(encodeBlock({ ...invalid.block, transactions: [] })),
  'block-too-large': () =>
    refusal(child({ coinbase: coinbase({ outputs: ones(3_400) }), transactions: [wide] })),
  'no-coinbase': () => refusal(invalid.bytes),
  'bad-coinbase-height': () => refusal(child({ coinbase: coinbase({ height: 2 }) })),
  'bad-coinbase-memo': () => refusal(child({ coinbase: coinbase({ memo: new Uint8Array(7) }) })),

  'undecodable-transaction': () => {
    const result = decodeTransaction(payment().bytes.subarray(0, -1));
    return result.ok ? undefined : result.error.code;
  },
  'transaction-too-large': () => refusal(child({ coinbase: coinbase({ outputs: ones(3_500) }) })),
  'no-inputs': () => refusal(withTx(coinbase())),
  'no-outputs': () => refusal(withTx(changed({ outputs: [] }))),
  'zero-amount': () => refusal(withTx(payment({ outputs: [pay(owner(5), 0)] }))),
  'sum-too-large': () => refusal(child({ coinbase: coinbase({ outputs: endless }) })),
  'outputs-exceed-inputs': () =>
    refusal(withTx(payment({ outputs: [pay(owner(5), ALLOCATION + 1)] }))),
  'inputs-not-ascending': () => refusal(withTx(changed({ inputs: [...inputs].reverse() }))),
  'duplicate-input': () => refusal(withTx(changed({ inputs: [inputs[0], ...inputs] }))),
  'keys-not-ascending': () => refusal(withTx(changed({ keys: [...keys].reverse() }))),
  'key-out-of-range': () =>
    refusal(withTx(changed({ inputs: [inputs[0], { ...inputs[1], key: 2 }] }))),
  'unused-key': () => refusal(withTx(changed({ inputs: [inputs[0]] }))),
  'bad-signature': () =>
    refusal(withTx(changed({ signatures: keys.map(() => new Uint8Array(64)) }))),

  'missing-coin': () =>
    refusal(withTx(payment({ coins: [{ ...coin, txid: 'ab'.repeat(32) as Txid }] }))),
  'wrong-amount': () =>
    refusal(withTx(payment({ coins: [{ ...coin, amount: (coin.amount + 1) as Amount }] }))),
  'wrong-key': () => refusal(withTx(payment({ coins: [{ ...coin, owner: owner(1) }] }))),
  'immature-coin': () => {
    const own = coinbase();
    const early = payment({ coins: [coinOf(own, 0, owner(9))] });
    return refusal(child({ coinbase: own, transactions: [early] }));
  },
  locked: () => refusal(withTx(payment({ lockHeight: 2 }))),
  'bad-coinbase-amount': () => refusal(child({ reward: subsidy + 1 })),
};

/** The code with which a new chain refuses the last of `blocks`, given to it one by one. */
function refusal(...blocks: readonly Uint8Array[]): RejectCode | undefined {
  const store = memoryStore(network);
  const chain = new Chain(network, store);
  let last: RejectCode | undefined;
  for (const bytes of blocks) {
    const accepted = store.atomically(() => chain.acceptBlock(bytes, LATE));
    const [failure] = settle(chain, store).failures;
    last = accepted.ok ? failure?.reject.code : accepted.error.code;
  }
  return last;
}

const child = (next: NextBlock = {}): Uint8Array => nextBlock(network, genesis, next).bytes;

const withTx = (tx: DecodedTransaction): Uint8Array => child({ transactions: [tx] });

const coinbase = (options: Partial<CoinbaseOptions> = {}): DecodedTransaction =>
  makeCoinbase({ height: 1, outputs: [pay(owner(9), subsidy)], ...options });

const coin = genesisCoin(network, 0);

const payment = (changes: Partial<Spend> = {}): DecodedTransaction =>
  spend(network, { coins: [coin], outputs: [pay(owner(5), ALLOCATION)], ...changes });

const ones = (count: number): TxOutput[] => Array<TxOutput>(count).fill(pay(owner(5), 1));

/** Of 99 kB. */
const wide = payment({ outputs: ones(3_400) });

const endless = [pay(owner(5), Number.MAX_SAFE_INTEGER), pay(owner(5), 1)];

/** Two inputs of two owners. */
const good = payment({ coins: [coin, genesisCoin(network, 1)], outputs: ones(1) });
const inputs = good.inputs as [TxInput, TxInput];
const { keys } = good;

/** `good` with changes that nobody signed. */
const changed = (changes: Partial<Transaction>): DecodedTransaction =>
  decoded({ ...good, ...changes });

const invalid = nextBlock(network, genesis, { coinbase: payment() });

/** A block whose hash is above the target. */
function unmined(): Uint8Array {
  const bytes = child();
  const header = bytes.subarray(0, HEADER_BYTES);
  for (let nonce = 0; hashValue(headerHash(header)) <= network.params.powLimit; nonce++) {
    header[76] = nonce;
  }
  return bytes;
}
