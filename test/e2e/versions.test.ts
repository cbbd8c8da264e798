import { expect } from 'chai';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { PeersJson } from '../../shared/http/nodeSchemas.js';
import { PROTOCOL_MAX } from '../../shared/wire/handshakeMessages.js';
import { projectRoot } from '../support/paths.js';
import { start, until, type Running } from '../support/programs.js';
import { freePorts, Sandbox, statusAt, untilPrinted } from '../support/sandbox.js';

/** Compiled or not, as we are. */
const EXTENSION = extname(import.meta.filename);
const BUILD = join(import.meta.dirname, '..', '..');
/** The version of the other build. */
const NEXT = PROTOCOL_MAX + 1;
const PARTS = ['shared', 'peer', 'tracker', 'cli', 'lab'];

/** A build of the same source that speaks one protocol version more, with a message of its own. */
function makeNextBuild(folder: string): string {
  const isCompiled = EXTENSION === '.js';
  const build = isCompiled ? join(folder, 'dist') : folder;
  mkdirSync(build, { recursive: true });
  for (const part of PARTS) cpSync(join(BUILD, part), join(build, part), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json']) {
    cpSync(join(projectRoot, file), join(folder, file));
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  change(
    join(build, `shared/wire/handshakeMessages${EXTENSION}`),
    `PROTOCOL_MAX = ${NEXT - 1}`,
    `= ${NEXT}`,
  );
  change(join(build, `shared/wire/peerMessages${EXTENSION}`), 'number: 0x14', NEW_ROW);
  const session = join(build, `peer/net/session${EXTENSION}`);
  replaceOne(session, READY, `${READY} ${SAYS_IT}`);
  replaceOne(session, HEARS, `${HEARS_IT} ${HEARS}`);
  return join(build, `cli/cairn${EXTENSION}`);
}

/** Before the row of `notFound`: one that this version does not know. */
const NEW_ROW =
  `number: 0x3f, since: ${NEXT}, limit: { bytes: 35, why: 'one hash' }, about: 'New.', ` +
  "fields: { hash: field(hash(), 'a block') } }), message({ name: 'notFound', number: 0x14";

/** When the handshake is over. */
const READY = 'this.#pings = new Pings(now, this.#dependencies.rng);';

/** To whoever knows it. */
const SAYS_IT =
  "if (this.#link.knows('newInNext')) this.send({ type: 'newInNext', hash: '0'.repeat(64) });";

/** The first that it asks about a message after the handshake. */
const HEARS = "if (this.#arrival(message) === 'never')";

const HEARS_IT =
  "if (message.type === 'newInNext') { process.stdout.write('heard it\\n'); return false; }";

/** Replaces `old`, which must be there once. */
function replaceOne(path: string, old: string, replacement: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text.split(old), `${old} in ${path}`).to.have.length(2);
  writeFileSync(
    path,
    text.replace(old, () => replacement),
  );
}

/** Replaces what follows the start of `old`, which must be there once. */
function change(path: string, old: string, replacement: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text.split(old), `${old} in ${path}`).to.have.length(2);
  const isRow = replacement === NEW_ROW;
  const named = isRow ? text.replace("name: 'notFound'", "name: 'newInNext'") : text;
  writeFileSync(path, named.replace(old, isRow ? replacement : `PROTOCOL_MAX ${replacement}`));
}

describe('e2e: two protocol versions side by side', function () {
  this.timeout(90_000);

  let sandbox: Sandbox;
  const others: Running[] = [];
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(async () => {
    for (const { child } of others) child.kill('SIGKILL');
    await Promise.all(others.splice(0).map(({ ended }) => ended));
    await sandbox.close();
  });

  it('speak the older one, and with their like the newer', async () => {
    const next = makeNextBuild(sandbox.path('next'));
    const port = await portsOneByOne();
    const tracker = `127.0.0.1:${String(port())}`;
    const old = (...words: readonly string[]): Running => sandbox.start(...words);
    const peers: Running[] = [];
    const startPeer = async (name: string, run: typeof old): Promise<number> => {
      const http = port();
      const running = run(
        ...['peer', '--name', name, '--data', sandbox.path(name), '--tracker', tracker],
        ...['--listen', `127.0.0.1:${String(port())}`, '--http', String(http)],
      );
      peers.push(running);
      await untilPrinted(running, /the peer is up/);
      return http;
    };
    const registry = old('tracker', '--template', 'dev', '--http', '0', '--listen', tracker);
    await untilPrinted(registry, /the tracker takes peers/);
    const alice = await startPeer('Alice', old);
    const bob = await startPeer('Bob', startNext(next));
    const carol = await startPeer('Carol', startNext(next));
    const mine = (http: number): Promise<unknown> =>
      sandbox.json('mine', '5', '--node', `http://127.0.0.1:${String(http)}`);
    await until('all sessions', 20_000, async () =>
      (await statusAt(bob))?.peers === 2 && (await statusAt(alice))?.peers === 2 ? true : undefined,
    );
    await mine(alice);
    await untilAllAt(5, [alice, bob, carol]);
    await mine(bob);
    await untilAllAt(10, [alice, bob, carol]);

    expect((await statusAt(alice))?.protocol).to.equal(NEXT - 1);
    expect((await statusAt(bob))?.protocol).to.equal(NEXT);
    expect(await versionsAt(alice)).to.deep.equal([NEXT - 1, NEXT - 1]);
    expect(await versionsAt(bob)).to.deep.equal([NEXT - 1, NEXT]);
    // Each of these two said it to the other, and nobody to Alice.
    const [first, ...newer] = peers;
    for (const one of newer) await untilPrinted(one, /heard it/);
    expect(first?.output()).to.not.match(/does not know/);
  });

  /** Starts programs of the build whose command is `next`. */
  const startNext =
    (next: string) =>
    (...words: readonly string[]): Running => {
      const env = { ...process.env, CAIRN_HOME: sandbox.home };
      const cwd = dirname(dirname(next));
      const running = start(process.execPath, [...process.execArgv, next, ...words], { cwd, env });
      others.push(running);
      return running;
    };
});

async function portsOneByOne(): Promise<() => number> {
  const ports = await freePorts(9);
  return () => ports.pop() ?? 0;
}

const untilAllAt = (height: number, peers: readonly number[]): Promise<true> =>
  until(`one tip at ${String(height)}`, 20_000, async () => {
    const all = await Promise.all(peers.map(statusAt));
    const isOne = all.every((one) => one?.height === height && one.tip === all[0]?.tip);
    return isOne ? true : undefined;
  });

/** The version of each session of the peer at an HTTP port. */
async function versionsAt(http: number): Promise<(number | null)[]> {
  const answer = await fetch(`http://127.0.0.1:${String(http)}/api/peers`);
  const { peers } = (await answer.json()) as PeersJson;
  return peers.map(({ protocol }) => protocol).sort();
}
