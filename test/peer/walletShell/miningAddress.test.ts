import { Writable } from 'node:stream';
import { expect } from 'chai';
import { addressesOf, emptyDocument } from '../../../peer/wallet/document.js';
import { miningAddress } from '../../../peer/walletShell/miningAddress.js';
import { Logger } from '../../../shared/io/logger.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { makeNetwork } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { Purse } from '../../support/purse.js';

const network = makeNetwork({ maturity: 1 });

describe('walletShell/miningAddress', () => {
  const log: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      log.push(chunk.toString());
      done();
    },
  });
  const logger = new Logger({ format: 'text', level: 'info', stream, hasColour: false });

  it('is the next address of the first account', () => {
    const purse = new Purse(network, new PlainLedger(network), ['Alice', 'Bob']);
    purse.address('Alice');
    const { given } = purse.account('Alice').addresses.receive;
    const next = addressesOf(purse.account('Alice'), 'receive')[given];
    const found = miningAddress({ readDocument: () => purse.document }, logger);
    expect(found).to.equal(next).and.not.equal(undefined);
  });

  it('is nobody’s where there is no wallet, or none that can be read', () => {
    const none = { readDocument: () => undefined };
    expect(miningAddress(none, logger)).to.equal(undefined);
    const empty = { readDocument: () => emptyDocument(network.id) };
    expect(miningAddress(empty, logger)).to.equal(undefined);
    const damaged = {
      readDocument: (): never => {
        throw new Trouble('wallet-damaged', 'wallet.json is damaged.', '');
      },
    };
    expect(miningAddress(damaged, logger)).to.equal(undefined);
    expect(log.join('')).to.match(/mined coins go to the node key/);
  });
});
