/**
 * `cairn verify [FILE] PROOF`: checks a proof, and the file that it is for, without any node: with
 * the network's parameters and headers alone.
 */

import { join } from 'node:path';
import { toHex } from '../shared/bytes.js';
import { encodeAddress } from '../shared/consensus/address.js';
import type { Network } from '../shared/consensus/genesis.js';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findChainFolder, type ChainWish } from './findChain.js';
import { formatTime } from './format.js';
import { describeMemo } from './memo.js';
import { judge, type Verdict } from './verifying.js';

export const command = defineCommand({
  settings: ['config', 'home', 'node', 'peer.data'],
  options: {
    json: JSON_OPTION,
    network: {
      kind: { type: 'path' },
      about: 'network file (cairn genesis); without it, the network of the data directory',
    },
    headers: {
      kind: { type: 'path' },
      about: 'file of cairn headers export; without it, the headers of the data directory',
    },
  },
  positionals: ['FILE|PROOF', 'PROOF?'],
  run: async ({ settings: { values }, options, positionals, output }) => {
    const [first = '', second] = positionals;
    const { node, home, 'peer.data': data } = values;
    const wish = { node, home, data };
    const network = await networkOfUser(options.network, wish);
    const source = await openHeaders(options.headers, network, wish);
    let verdict: Verdict;
    try {
      const document = second === undefined ? undefined : first;
      verdict = judge({ network, document, proof: second ?? first, headers: source.headers });
    } finally {
      source.close();
    }
    const { name } = network.params;
    if (!verdict.ok) {
      const problem = verdict.error;
      if (options.json === true) output.json({ valid: false, network: name, problem });
      else output.warn(problem);
      return EXIT.wrong;
    }
    if (options.json === true) output.json({ valid: true, ...jsonOf(verdict.value, network) });
    else output.line(describe(verdict.value, network));
    return EXIT.done;
  },
});

async function networkOfUser(file: string | undefined, wish: ChainWish): Promise<Network> {
  if (file !== undefined) {
    const [{ readNetworkFile }, { networkOf }] = await Promise.all([
      import('../shared/io/networkFile.js'),
      import('../shared/consensus/genesis.js'),
    ]);
    return networkOf(readNetworkFile(file));
  }
  const { pinnedNetwork, CHAIN_FILE } = await import('../peer/storage/openStore.js');
  const network = pinnedNetwork(join(findChainFolder(wish), CHAIN_FILE));
  if (network !== undefined) return network;
  throw new Trouble('no-network', 'The data directory has no network.', 'Name one with --network.');
}

interface HeaderSource {
  readonly headers: Iterable<Uint8Array>;
  close(): void;
}

async function openHeaders(
  file: string | undefined,
  network: Network,
  wish: ChainWish,
): Promise<HeaderSource> {
  const { openHeadersFile, activeHeaders } = await import('../peer/storage/headersFile.js');
  if (file !== undefined) {
    const opened = openHeadersFile(file);
    if (opened.networkId === network.id) return opened;
    opened.close();
    throw otherNetwork(`${file} has headers`, network);
  }
  const [{ openSnapshot }, { CHAIN_FILE }] = await Promise.all([
    import('../peer/storage/snapshot.js'),
    import('../peer/storage/openStore.js'),
  ]);
  const folder = findChainFolder(wish);
  const snapshot = openSnapshot(join(folder, CHAIN_FILE));
  const close = (): void => {
    snapshot.close();
  };
  if (snapshot.network.id === network.id) return { ...activeHeaders(snapshot), close };
  close();
  throw otherNetwork(`${folder} has a chain`, network);
}

const otherNetwork = (what: string, { params }: Network): Trouble =>
  new Trouble(
    'other-network',
    `${what} of another network than ${params.name}.`,
    'Name headers with --headers and the network file with --network that belong together.',
  );

type Verified = Extract<Verdict, { ok: true }>['value'];

function jsonOf({ proven, at, document }: Verified, { params, id }: Network): object {
  const { tx, header, blockHash } = proven;
  return {
    ...{ network: params.name, networkId: id, txid: tx.txid, blockHash, height: at.height },
    ...{ time: header.time, blocksOnTop: at.tipHeight - at.height },
    ...{ tip: at.tip, tipHeight: at.tipHeight, tipTime: at.tipTime },
    outputs: tx.outputs.map(({ amount, address }) => ({
      ...{ amount, address: encodeAddress(params.prefix, address) },
    })),
    memo: toHex(tx.memo),
    document: document === undefined ? null : { file: document.path, sha256: document.sha256 },
  };
}

function describe({ proven, at, document }: Verified, { params }: Network): string {
  const { tx, header, blockHash } = proven;
  const onTop = at.tipHeight - at.height;
  const where = `block ${String(at.height)} (${blockHash}) of network ${params.name}`;
  const first =
    document === undefined
      ? `The proof is right: ${where} holds ${tx.txid}.`
      : `The proof is right: ${where} stamps ${document.path} by ${tx.txid}.`;
  const memo = describeMemo(tx.memo);
  return [
    first,
    `Time of the block: ${formatTime(header.time)}. Blocks on top: ${String(onTop)}, ` +
      `the last one of ${formatTime(at.tipTime)}.`,
    ...tx.outputs.map(
      ({ amount, address }) =>
        `It pays ${String(amount)} to ${encodeAddress(params.prefix, address)}.`,
    ),
    ...(memo === undefined || document !== undefined ? [] : [`Its memo: ${memo}`]),
  ].join('\n');
}
