import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Chain } from '../../peer/chain/chain.js';
import { openStore } from '../../peer/storage/openStore.js';
import { sha256 } from '#crypto';
import { toHex, utf8 } from '../../shared/bytes.js';
import { encodeAddress } from '../../shared/consensus/address.js';
import { printParamsJson } from '../../shared/consensus/paramsJson.js';
import type { AddressJson } from '../../shared/http/indexSchemas.js';
import { stampMemo } from '../../shared/stamp.js';
import type { UnixSeconds } from '../../shared/units.js';
import {
  ALLOCATION,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
} from '../support/blocks.js';
import { feed } from '../support/chains.js';
import type { Ended, Running } from '../support/programs.js';
import { freePorts, Sandbox, statusAt, stop, untilPrinted } from '../support/sandbox.js';

/** A payment and a stamped file, looked up at a real peer and proven without any. */
describe('e2e: look-ups and proofs', function () {
  this.timeout(120_000);

  const network = makeNetwork({ time: 1_700_000_000 as UnixSeconds });
  const { prefix } = network.params;
  const document = 'We, the undersigned, were here first.\n';
  const payment = spend(network, {
    coins: [genesisCoin(network, 0)],
    outputs: [pay(owner(7), 300), pay(owner(0), ALLOCATION - 400)],
    memo: utf8('for the cake'),
  });
  const stamp = spend(network, {
    coins: [genesisCoin(network, 1)],
    outputs: [pay(owner(1), ALLOCATION - 100)],
    memo: stampMemo(sha256(utf8(document))),
  });
  const first = nextBlock(network, genesisOf(network), { transactions: [payment, stamp] });
  const chain = [first, ...nextBlocks(network, first, 5)];
  const alice = encodeAddress(prefix, owner(0).address);

  let sandbox: Sandbox;
  let peer: Running;
  let http: number;

  before(async () => {
    sandbox = new Sandbox();
    mkdirSync(sandbox.path('data'));
    const { store } = openStore(sandbox.path('data', 'chain.sqlite'), network);
    feed(new Chain(network, store), store, chain);
    store.close();
    writeFileSync(sandbox.path('network.json'), printParamsJson(network.params));
    writeFileSync(sandbox.path('deed.txt'), document);
    writeFileSync(sandbox.path('other.txt'), `${document}And you were not.\n`);
    await startPeer();
  });
  after(() => sandbox.close());

  async function startPeer(...flags: readonly string[]): Promise<void> {
    const [tcp = 0, port = 0] = await freePorts(2);
    http = port;
    peer = sandbox.start(
      ...['peer', '--name', 'Alice', '--data', sandbox.path('data'), ...flags],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)],
    );
    await untilPrinted(peer, /the peer is up/);
  }

  it('show a transaction and an address', async () => {
    const place = { blockHash: first.block.hash, height: 1, position: 1, confirmations: 6 };
    expect(await sandbox.json('tx', 'show', payment.txid)).to.include(place);
    const { stdout } = await sandbox.run('tx', 'show', payment.txid);
    expect(stdout)
      .to.match(/^confirmations +6$/m)
      .and.to.match(/^memo +"for the cake"$/m);
    expect(stdout)
      .to.match(/^fee +100$/m)
      .and.to.include(`${String(ALLOCATION - 400)} to ${alice}`);
    const shown = await sandbox.json<AddressJson>('address', 'show', alice, '--count', '1');
    const held = { confirmed: ALLOCATION - 400, immature: 0, coins: 1, transactions: 2 };
    expect(shown).to.include({ address: alice, ...held, indexHeight: 6, moreHistory: '1:1' });
    const text = (await sandbox.run('address', 'show', alice)).stdout;
    expect(text)
      .to.match(/^confirmed +999600$/m)
      .and.to.match(/ -400 +/);
    expect(text).to.include('Transactions, newest first: 2 of 2');
  });

  it('say what is not there, and what was typed wrongly', async () => {
    const none = await sandbox.run('tx', 'show', '12'.repeat(32));
    expect([none.code, none.output]).to.deep.equal([
      1,
      `No block up to height 6 holds ${'12'.repeat(32)}. ` +
        'Compare it with what the wallet printed, and the network with that of the node.\n',
    ]);
    const typed = await sandbox.run('tx', 'show', 'deed.txt');
    expect(typed.output).to.equal('deed.txt is no transaction id. It has 64 hex digits.\n');
    const other = await sandbox.run('proof', sandbox.path('other.txt'));
    expect([other.code, other.output.split('. ')[1]]).to.deep.equal([
      1,
      'The file must be the same to the last byte',
    ]);
    expect(existsSync(sandbox.path('other.txt.proof'))).to.equal(false);
  });

  it('prove offline a payment and a stamped file', async () => {
    const proof = sandbox.path('payment.proof');
    const written = await sandbox.json('proof', payment.txid, '--out', proof);
    expect(written).to.include({ file: proof, txid: payment.txid, confirmations: 6 });
    expect((await sandbox.run('proof', sandbox.path('deed.txt'))).output).to.match(
      /^Wrote .*proof/,
    );
    const exported = await sandbox.json('headers', 'export', sandbox.path('headers'));
    expect(exported).to.include({ network: 'test', headers: 6 });
    await stop(peer);
    const offline = [
      ...['--network', sandbox.path('network.json')],
      ...['--headers', sandbox.path('headers'), '--home', sandbox.path('nowhere')],
    ];
    const facts = { valid: true, txid: payment.txid, blocksOnTop: 5, height: 1, document: null };
    expect(await sandbox.json('verify', proof, ...offline)).to.include(facts);
    const text = (await sandbox.run('verify', proof, ...offline)).stdout;
    expect(text).to.include('Blocks on top: 5').and.to.include('Its memo: "for the cake"');
    expect(text).to.include(`It pays ${String(ALLOCATION - 400)} to ${alice}.`);
    const deed = sandbox.path('deed.txt');
    const stamped = await sandbox.json('verify', deed, `${deed}.proof`, ...offline);
    expect(stamped).to.include({ valid: true, txid: stamp.txid, time: first.block.header.time });
    expect(stamped).to.deep.include({
      document: { file: deed, sha256: toHex(sha256(utf8(document))) },
    });
    // The data directory has parameters and headers as well.
    const own = await sandbox.json('verify', deed, `${deed}.proof`, '--data', sandbox.path('data'));
    expect(own).to.include({ valid: true, blocksOnTop: 5 });
  });

  /** What `verify` ends with for the stamped file, one of the inputs being another. */
  function verify(changes: Partial<Record<'file' | 'proof' | 'network' | 'headers', string>>) {
    const deed = sandbox.path('deed.txt');
    return sandbox.run(
      ...['verify', changes.file ?? deed, changes.proof ?? `${deed}.proof`],
      ...['--network', changes.network ?? sandbox.path('network.json')],
      ...['--headers', changes.headers ?? sandbox.path('headers')],
    );
  }

  /** A file beside `path` with its bytes changed. */
  function changed(path: string, change: (bytes: Uint8Array) => Uint8Array): string {
    const other = sandbox.path('changed');
    writeFileSync(other, change(new Uint8Array(readFileSync(path))));
    return other;
  }

  const flipped = (at: number) => (bytes: Uint8Array) =>
    bytes.map((byte, i) => (i === (at + bytes.length) % bytes.length ? byte ^ 1 : byte));

  const expectOneLine = ({ code, output, stdout }: Ended, expected: number, words: RegExp) => {
    expect([code, stdout], output).to.deep.equal([expected, '']);
    expect(output.trimEnd()).to.match(words).and.not.to.include('\n');
  };

  it('tell a wrong file, a changed proof, and one that is cut off', async () => {
    const proof = sandbox.path('deed.txt.proof');
    const headers = sandbox.path('headers');
    expectOneLine(await verify({ file: sandbox.path('other.txt') }), 3, /not the file that was/);
    expectOneLine(await verify({ proof: sandbox.path('payment.proof') }), 3, /stamps no file/);
    expectOneLine(await verify({ proof: changed(proof, flipped(-1)) }), 3, /does not lead/);
    expectOneLine(await verify({ proof: changed(proof, flipped(60)) }), 3, /not among the 6/);
    const cut = changed(proof, (bytes) => bytes.subarray(0, -1));
    expectOneLine(await verify({ proof: cut }), 3, /is a proof that is cut off/);
    expectOneLine(await verify({ proof: headers }), 3, /is no proof/);
    expectOneLine(
      await verify({ proof: sandbox.path('none') }),
      1,
      /There is no file .*none\. Check/,
    );
  });

  it('tell headers of another network, changed ones, and what is cut off', async () => {
    const headers = sandbox.path('headers');
    const other = makeNetwork({ name: 'other' });
    const network = sandbox.path('other.json');
    writeFileSync(network, printParamsJson(other.params));
    expectOneLine(await verify({ network }), 1, /headers of another network than other/);
    const alien = changed(headers, (bytes) => {
      bytes.set(other.idBytes, 16);
      return bytes;
    });
    const both = await verify({ network, headers: alien });
    expectOneLine(both, 3, /is a proof of another network than other/);
    // The nonce of the last header: its proof of work is gone, or its hash is another one.
    const weak = await verify({ headers: changed(headers, flipped(16 + 36 + 80 + 4)) });
    expectOneLine(weak, 3, /Header 2 breaks a rule/);
    for (const length of [-1, -80]) {
      const cut = changed(headers, (bytes) => bytes.subarray(0, length));
      expectOneLine(await verify({ headers: cut }), 1, /ends too early/);
    }
    const more = changed(headers, (bytes) => new Uint8Array([...bytes, 0]));
    expectOneLine(await verify({ headers: more }), 1, /has more than its headers/);
    expectOneLine(await verify({ headers: sandbox.path('deed.txt') }), 1, /holds no headers/);
  });

  it('say how to switch the index on where it is off, and make it then', async () => {
    rmSync(sandbox.path('data', 'index.sqlite'), { force: true });
    await startPeer('--no-address-index');
    expect((await statusAt(http))?.indexHeight).to.equal(null);
    const off = await sandbox.run('address', 'show', alice);
    expectOneLine(off, 1, /keeps no index. Start the node with --address-index/);
    expect(existsSync(sandbox.path('data', 'index.sqlite'))).to.equal(false);
    await stop(peer);
    await startPeer();
    expect(await sandbox.json('address', 'show', alice)).to.include({ indexHeight: 6, coins: 1 });
  });

  it('follow the chain over kill -9', async () => {
    await sandbox.json('mine', '3');
    peer.child.kill('SIGKILL');
    await peer.ended;
    await startPeer();
    const miner = encodeAddress(prefix, owner(9).address);
    expect(await sandbox.json('address', 'show', miner)).to.include({ indexHeight: 9, coins: 6 });
    expect(await sandbox.json('tx', 'show', stamp.txid)).to.include({ confirmations: 9 });
  });
});
