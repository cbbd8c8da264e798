import { expect } from 'chai';

import type { ErrorBody } from '../../../shared/http/errors.js';
import { answer, type HttpAnswer, type RoutesOptions } from '../../../tracker/http/routes.js';
import { type NetworkPeersJson, type StatusJson, Views } from '../../../tracker/views.js';
import { NETWORK, OTHER_NETWORK, TestPeer, TWO_NETWORKS, World } from '../world.js';

const CARDS = [
  { id: NETWORK, name: 'class', targetInterval: 10 },
  { id: OTHER_NETWORK, name: 'other', targetInterval: 60 },
];

/** A world whose page is asked for `url`. */
const WHERE: RoutesOptions = {
  listenHost: 'tracker.example',
  tcp: { host: '0.0.0.0', port: 5009 },
  lanHost: '192.168.1.7',
};

class PagedWorld extends World {
  readonly #views: Views;

  constructor() {
    super({ networks: TWO_NETWORKS });
    const options = { version: '1.2.3', listen: '0.0.0.0:5009', started: this.now };
    this.#views = new Views({ ...options, networks: CARDS }, this.tracker);
  }

  request(url: string, host: string | undefined = '192.168.1.5:5010', method = 'GET'): HttpAnswer {
    return answer({ method, url, host }, WHERE, this.#views, this.now);
  }

  json(url: string): unknown {
    return JSON.parse(this.request(url).body) as unknown;
  }

  peers(query = ''): NetworkPeersJson[] {
    const { networks } = this.json(`/api/peers${query}`) as { networks: NetworkPeersJson[] };
    return networks;
  }
}

describe('tracker/http/routes', () => {
  it('shows live, unreachable and pruned peers of each network', () => {
    const world = new PagedWorld();
    const alice = new TestPeer({ port: 6000, height: 7 });
    world.register(alice);
    world.announce(world.connect(new TestPeer({ port: 6001 })), { event: 'started', port: 6001 });
    const gone = world.register(new TestPeer({ port: 6002, network: OTHER_NETWORK }));
    world.announce(gone, { event: 'stopped', port: 6002 });
    const [first, second] = world.peers();
    expect(first).to.include({ name: 'class', liveCount: 1, unreachableCount: 1 });
    expect(first?.live[0]).to.include({ address: '127.0.0.1:6000', height: 7, name: 'test' });
    expect(first?.live[0]?.nodeKey).to.equal(alice.nodeKey);
    expect(first?.unreachable[0]).to.include({ address: '127.0.0.1:6001', misses: 1 });
    expect(second?.pruned[0]).to.include({ address: '127.0.0.1:6002', reason: 'stopped' });
    const page = world.request('/').body;
    for (const words of ['live', 'unreachable, 1 miss', 'gone: stopped', alice.nodeKey]) {
      expect(page).to.include(words);
    }
  });

  it('shows one network, by id or by name, and says when it is not served', () => {
    const world = new PagedWorld();
    expect(world.peers('?network=other').map(({ id }) => id)).to.deep.equal([OTHER_NETWORK]);
    expect(world.peers(`?network=${NETWORK}`).map(({ name }) => name)).to.deep.equal(['class']);
    const unknown = world.request('/api/peers?network=nope');
    expect(unknown.status).to.equal(404);
    expect((JSON.parse(unknown.body) as ErrorBody).hint).to.include('/api/networks');
  });

  it('gives peers in parts, over all kinds of addresses', () => {
    const world = new PagedWorld();
    for (let i = 0; i < 4; i++) world.register(new TestPeer({ port: 6000 + i }));
    for (let i = 0; i < 3; i++) world.register(new TestPeer({ host: `10.0.0.${String(i + 1)}` }));
    const addresses: string[] = [];
    for (let offset = 0; offset < 8; offset += 2) {
      const [network] = world.peers(`?offset=${String(offset)}&limit=2`);
      addresses.push(...(network?.live ?? []).map(({ address }) => address));
    }
    expect(addresses).to.have.length(7);
    expect(new Set(addresses).size).to.equal(7);
  });

  it('refuses parts that make no sense, or are too large', () => {
    const world = new PagedWorld();
    for (const query of ['?limit=1001', '?limit=-1', '?offset=x', '?offset=1e99']) {
      expect(world.request(`/api/peers${query}`).status, query).to.equal(400);
    }
  });

  it('tells how the tracker does', () => {
    const world = new PagedWorld();
    world.register(new TestPeer());
    world.pass(61);
    const status = world.json('/api/status') as StatusJson;
    expect(status).to.include({ service: 'tracker', version: '1.2.3', uptimeSeconds: 61 });
    expect(status).to.include({ connections: 1, announces: 1, listen: '0.0.0.0:5009' });
    expect(world.json('/health')).to.deep.equal({ status: 'ok' });
  });

  it('works with no peer at all, and says how to join', () => {
    const world = new PagedWorld();
    const page = world.request('/').body;
    expect(page).to.include('No peer has announced itself yet.');
    expect(page).to.include('cairn peer --tracker 192.168.1.5:5009 --mine');
    for (const host of ['localhost:5010', '127.0.0.1:5010', '[::1]:5010']) {
      expect(world.request('/', host).body).to.include('cairn peer --tracker 192.168.1.7:5009');
    }
  });

  it('loads nothing from outside and runs no script inside the page', () => {
    const page = new PagedWorld().request('/').body;
    const sources = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, source]) => source);
    for (const source of sources) expect(source).to.match(/^(\/|data:,$)/);
    expect(page).to.not.match(/<script(?![^>]*src=)|\son\w+=|<style/);
  });

  it('escapes what peers and network files say', () => {
    const world = new World();
    const card = { id: NETWORK, name: '<img src=x onerror=alert(1)>', targetInterval: 10 };
    const options = { version: '1', listen: '0.0.0.0:1', started: world.now, networks: [card] };
    const views = new Views(options, world.tracker);
    const request = { method: 'GET', url: '/', host: 'localhost:5010' };
    const { body } = answer(request, WHERE, views, world.now);
    expect(body).to.include('&lt;img src=x').and.not.include('<img');
  });

  it('answers addresses, localhost and its own name, and no other host (DNS rebinding)', () => {
    const world = new PagedWorld();
    for (const host of ['127.0.0.1:5010', '[::1]:5010', 'localhost', 'tracker.example:5010']) {
      expect(world.request('/api/status', host).status, host).to.equal(200);
    }
    for (const host of ['evil.example:5010', '', '127.0.0.1.evil.example']) {
      const refused = world.request('/api/status', host);
      expect(refused.status, host).to.equal(403);
      expect(JSON.parse(refused.body)).to.have.keys(['code', 'message', 'hint']);
    }
  });

  it('changes nothing: every method but GET and HEAD is refused', () => {
    const world = new PagedWorld();
    expect(world.request('/', 'localhost', 'POST').status).to.equal(405);
    expect(world.request('/', 'localhost', 'HEAD').status).to.equal(200);
  });

  it('answers any path without falling over', () => {
    const world = new PagedWorld();
    for (const url of ['//', '/..', '/%', '*', '', '?', '/api/peers?%&%E0', 'http://[']) {
      expect(world.request(url).status, url).to.be.oneOf([200, 400, 404]);
    }
  });
});
