import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePorts, Sandbox, untilPrinted } from '../support/sandbox.js';
import { skip } from '../support/skip.js';

/** No sandbox, since CI runs as root; and no call to anywhere but the page. */
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ...['--virtual-time-budget=5000', '--dump-dom'],
];

/** What a browser makes of the pages, its scripts run under their content policies. */
describe('e2e: the pages in a browser', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;

  before(async function () {
    const isThere = await promisify(execFile)('chromium', ['--version']).then(
      () => true,
      () => false,
    );
    if (!isThere) skip(this, 'there is no chromium');
  });
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox.close());

  async function domOf(url: string): Promise<string> {
    const profile = `--user-data-dir=${sandbox.path('browser')}`;
    const { stdout } = await promisify(execFile)('chromium', [...FLAGS, profile, url]);
    return stdout;
  }

  it('show the peers of a tracker, and the routes of a peer', async () => {
    const [listen = 0, page = 0, tcp = 0, http = 0] = await freePorts(4);
    const address = `127.0.0.1:${String(listen)}`;
    const tracker = sandbox.start(
      ...['tracker', '--template', 'dev', '--listen', address, '--http', String(page)],
    );
    await untilPrinted(tracker, /the tracker takes peers/);
    const peer = sandbox.start(
      ...['peer', '--tracker', address, '--name', 'Alice', '--data', sandbox.path('alice')],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)],
    );
    await untilPrinted(tracker, /peer live/);
    await untilPrinted(peer, /the peer is up/);
    expect(await domOf(`http://localhost:${String(page)}/`)).to.match(/1 peer live[^]*Alice/);
    const docs = await domOf(`http://localhost:${String(http)}/docs`);
    expect(docs).to.contain('/api/mining/generate').and.to.contain('Where this node stands');
  });
});
