import { expect } from 'chai';

import { NO_NETWORK } from '../../shared/wire/handshakeMessages.js';
import { OTHER_NETWORK, TestPeer, World } from './world.js';

describe('tracker/clients', () => {
  it('hands out the parameters of what it serves to whoever asks', () => {
    const world = new World();
    const newcomer = world.connect(new TestPeer({ service: 'client', network: NO_NETWORK }));
    const answer = world.ask(newcomer, { type: 'getNetworks' });
    expect(answer).to.deep.equal({ type: 'networks', params: [Uint8Array.of(1, 2, 3)] });
  });

  it('tells a client of its network of peers, and does not register it', () => {
    const world = new World();
    world.register(new TestPeer({ host: '10.0.0.1' }));
    world.pass(30);
    const client = world.connect(new TestPeer({ host: '10.0.0.2', service: 'client' }));
    const answer = world.ask(client, { type: 'getPeers', wanted: 50 });
    expect(answer).to.include({ type: 'announced', reachable: 'unknown', observed: '10.0.0.2' });
    expect(answer).to.have.nested.property('peers[0].host', '10.0.0.1');
    expect(world.ask(client, { type: 'getPeers', wanted: 0 })).to.have.deep.property('peers', []);
    world.pass(60);
    const other = world.connect(new TestPeer({ host: '10.0.0.3', service: 'client' }));
    const told = world.ask(other, { type: 'getPeers', wanted: 50 });
    expect(told).to.have.property('peers').with.length(1);
  });

  it('tells nobody of peers who names no network that it serves', () => {
    const world = new World();
    const client = world.connect(new TestPeer({ service: 'client', network: NO_NETWORK }));
    world.ask(client, { type: 'getPeers', wanted: 50 });
    expect(client.ended).to.equal('message-unexpected');
  });

  it('refuses a peer of a network that it does not serve, on both sides', () => {
    const world = new World();
    const connection = world.connect(new TestPeer({ network: OTHER_NETWORK }));
    expect(connection.ended).to.equal('wrong-network');
    expect(world.events[0]).to.include({ type: 'connection-ended', reason: 'wrong-network' });
  });

  it('answers the question a bounded number of times on one connection', () => {
    const world = new World();
    const connection = world.connect(new TestPeer());
    for (let i = 0; i < 8; i++) world.ask(connection, { type: 'getNetworks' });
    expect(connection.ended).to.equal(undefined);
    world.ask(connection, { type: 'getNetworks' });
    expect(connection.ended).to.equal('flooding');
  });

  it('ends one whose handshake is not over in time', () => {
    const world = new World();
    const connection = world.connect(new TestPeer());
    const idle = world.connectRaw('127.0.0.1');
    world.pass(7);
    expect(idle.ended).to.equal('handshake-timeout');
    expect(connection.ended).to.equal(undefined);
  });

  it('pings the silent, keeps who answers, and ends who does not', () => {
    const world = new World();
    const awake = world.connect(new TestPeer());
    const asleep = world.connect(new TestPeer({ port: 6001 }));
    asleep.isAwake = false;
    world.pass(110);
    expect(asleep.ended).to.equal(undefined);
    world.pass(20);
    expect(asleep.ended).to.equal('ping-timeout');
    expect(awake.ended).to.equal(undefined);
  });

  it('answers a ping', () => {
    const world = new World();
    const connection = world.connect(new TestPeer());
    const nonce = '0123456789abcdef';
    expect(world.ask(connection, { type: 'ping', nonce })).to.deep.equal({ type: 'pong', nonce });
  });

  it('refuses one source more than its share', () => {
    const world = new World();
    for (let i = 0; i < 512; i++) world.connectRaw('9.9.9.9');
    expect(world.connectRaw('9.9.9.9').ended).to.equal('too-many-connections');
    expect(world.connectRaw('9.9.9.8').ended).to.equal(undefined);
  });

  it('counts all of one IPv6 network as one source', () => {
    const world = new World();
    for (let i = 0; i < 512; i++) world.connectRaw(`2001:db8:1:2::${i.toString(16)}`);
    expect(world.connectRaw('2001:db8:1:2:ffff::1').ended).to.equal('too-many-connections');
    expect(world.connectRaw('2001:db8:1:3::1').ended).to.equal(undefined);
  });

  it('makes room for a newcomer by ending the one heard of longest ago', () => {
    const world = new World();
    const first = world.connect(new TestPeer({ host: '9.9.9.1' }));
    const second = world.connect(new TestPeer({ host: '9.9.9.2' }));
    for (let i = 2; i < 10_000; i++) world.connectRaw(`8.${String(i >> 8)}.${String(i & 255)}.1`);
    world.announce(first);
    expect(world.connectRaw('9.9.9.3').ended).to.equal(undefined);
    expect(second.ended).to.equal('too-many-connections');
    expect(first.ended).to.equal(undefined);
    expect(world.tracker.load.connections).to.equal(10_000);
  });

  it('ends a connection that floods it in one piece, and answers the others', () => {
    const world = new World();
    const flooder = world.connect(new TestPeer());
    const frame = flooder.link.encode({
      type: 'announce',
      event: 'alive',
      port: 6000,
      claimed: undefined,
      wanted: 50,
    });
    const flood = new Uint8Array(frame.length * 2_000);
    for (let i = 0; i < 2_000; i++) flood.set(frame, i * frame.length);
    world.sendBytes(flooder, flood);
    expect(flooder.ended).to.equal('flooding');
    const other = world.register(new TestPeer({ port: 6001 }));
    expect(world.announce(other, { port: 6001 }).reachable).to.equal('yes');
  });

  it('ends a connection that sends garbage, or what only a tracker says', () => {
    const world = new World();
    const garbage = world.connectRaw('127.0.0.1');
    world.sendBytes(garbage, new Uint8Array(64).fill(0xff));
    expect(garbage.ended).to.be.oneOf(['frame-too-large', 'message-unexpected']);
    const impostor = world.connect(new TestPeer());
    world.sendBytes(impostor, impostor.link.encode({ type: 'networks', params: [] }));
    expect(impostor.ended).to.equal('message-unexpected');
    const tracker = world.connect(new TestPeer({ service: 'tracker' }));
    expect(tracker.ended).to.equal('wrong-service');
  });
});
