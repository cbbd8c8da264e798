import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import {
  chooseNetwork,
  type ChoiceDependencies,
  type NetworkChoice,
  type NetworkWish,
} from '../../peer/networkChoice.js';
import { CHAIN_FILE, openStore } from '../../peer/storage/openStore.js';
import { networkOf, type Network } from '../../shared/consensus/genesis.js';
import { printParamsJson } from '../../shared/consensus/paramsJson.js';
import { template } from '../../shared/consensus/templates.js';
import { Logger } from '../../shared/io/logger.js';
import { Trouble } from '../../shared/io/trouble.js';
import { fail, ok } from '../../shared/result.js';
import type { UnixSeconds } from '../../shared/units.js';

const network = (name: string): Network =>
  networkOf(template('dev', { name, salt: new Uint8Array(16), time: 1 as UnixSeconds }));
const RED = network('red');
const BLUE = network('blue');
const TRACKER = { host: '127.0.0.1', port: 5009 };

describe('peer/networkChoice', () => {
  let root: string;
  let wish: NetworkWish;
  let served: Awaited<ReturnType<ChoiceDependencies['ask']>>[];
  let pauses: number;
  let output: PassThrough;
  let logger: Logger;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cairn-choice-'));
    wish = {
      folder: undefined,
      peersFolder: join(root, 'peers'),
      network: undefined,
      genesisFile: undefined,
      tracker: TRACKER,
      isLight: false,
    };
    served = [ok([RED])];
    pauses = 0;
    output = new PassThrough();
    logger = new Logger({ format: 'text', level: 'info', stream: output, hasColour: false });
  });

  afterEach(async () => {
    await logger.close();
    rmSync(root, { recursive: true });
  });

  /** Asks the answers of `served` in turn; stops when there are no more. */
  const choose = (change: Partial<NetworkWish> = {}): Promise<NetworkChoice | undefined> =>
    chooseNetwork(
      { ...wish, ...change },
      {
        ask: () => Promise.resolve(served.shift() ?? fail('is gone')),
        pause: () => {
          pauses += 1;
          return Promise.resolve(served.length > 0);
        },
        logger,
      },
    );

  const problem = async (change: Partial<NetworkWish>): Promise<string> => {
    const error: unknown = await choose(change).catch((reason: unknown) => reason);
    return error instanceof Trouble ? error.code : 'no trouble';
  };

  function pin(own: Network, folder: string): void {
    mkdirSync(folder, { recursive: true });
    openStore(join(folder, CHAIN_FILE), own).store.close();
  }

  it('adopts the only network of the tracker, in a folder of its own', async () => {
    const choice = await choose();
    expect(choice?.network.id).to.equal(RED.id);
    expect(choice?.folder).to.equal(join(root, 'peers', `red-${RED.id.slice(0, 8)}`));
  });

  it('never chooses silently among several', async () => {
    served = [ok([RED, BLUE])];
    expect(await problem({})).to.equal('several-networks');
    served = [ok([RED, BLUE])];
    expect((await choose({ network: 'blue' }))?.network.id).to.equal(BLUE.id);
    served = [ok([RED, BLUE])];
    expect((await choose({ network: BLUE.id.slice(0, 12) }))?.network.id).to.equal(BLUE.id);
    served = [ok([RED, BLUE])];
    expect(await problem({ network: 'green' })).to.equal('no-such-network');
    served = [ok([])];
    expect(await problem({})).to.equal('no-such-network');
  });

  it('waits for a tracker that is not there, and gives up when asked to stop', async () => {
    served = [fail('cannot be reached'), fail('cannot be reached'), ok([RED])];
    expect((await choose())?.network.id).to.equal(RED.id);
    expect(pauses).to.equal(2);
    served = [fail('cannot be reached')];
    expect(await choose()).to.equal(undefined);
  });

  it('goes on with the network joined before when the tracker is not there', async () => {
    const folder = join(root, 'peers', 'red-1');
    pin(RED, folder);
    served = [fail('cannot be reached')];
    expect((await choose())?.folder).to.equal(folder);
  });

  it('asks nobody when the directory is pinned', async () => {
    const folder = join(root, 'mine');
    pin(RED, folder);
    served = [ok([BLUE])];
    expect((await choose({ folder }))?.network.id).to.equal(RED.id);
    expect(served).to.have.length(1);
    expect(await problem({ folder, network: 'blue' })).to.equal('other-network');
  });

  it('goes on without a tracker with what was joined before, if that is one network', async () => {
    expect(await problem({ tracker: undefined })).to.equal('no-network');
    pin(RED, join(root, 'peers', 'a'));
    expect((await choose({ tracker: undefined }))?.network.id).to.equal(RED.id);
    pin(BLUE, join(root, 'peers', 'b'));
    expect(await problem({ tracker: undefined })).to.equal('several-networks');
    const blue = await choose({ tracker: undefined, network: 'blue' });
    expect(blue?.network.id).to.equal(BLUE.id);
  });

  it('takes the network of a file, and says what is wrong with a nonsense one', async () => {
    const genesisFile = join(root, 'blue.json');
    writeFileSync(genesisFile, printParamsJson(BLUE.params));
    expect((await choose({ genesisFile }))?.network.id).to.equal(BLUE.id);
    writeFileSync(genesisFile, `\uFEFF${printParamsJson(BLUE.params)}`);
    expect((await choose({ genesisFile }))?.network.id, 'as some editors write').to.equal(BLUE.id);
    expect((await choose({ genesisFile, network: 'blue' }))?.network.id).to.equal(BLUE.id);
    expect(await problem({ genesisFile, network: 'red' })).to.equal('other-network');
    writeFileSync(genesisFile, '{"name":"nonsense"}');
    expect(await problem({ genesisFile })).to.equal('bad-network-file');
    expect(await problem({ genesisFile: join(root, 'none') })).to.equal('no-network-file');
  });
});
