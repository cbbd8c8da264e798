import { expect } from 'chai';
import { refuseSamePort } from '../../cli/ports.js';
import { Trouble } from '../../shared/io/trouble.js';

describe('cli/ports', () => {
  it('refuses one port for peers and for HTTP where both would have it', () => {
    for (const [listen, http] of [
      ['0.0.0.0', 'localhost'],
      ['127.0.0.1', 'localhost'],
      ['::1', 'localhost'],
      ['::', '192.168.1.2'],
      ['192.168.1.2', '0.0.0.0'],
      ['host.lan', 'host.lan'],
    ] as const) {
      expect(codeFor({ host: listen, port: 6000 }, { host: http, port: 6000 })).to.equal(
        'same-port',
      );
    }
  });

  it('leaves other ports, other addresses and the choice of the system alone', () => {
    expect(codeFor(at('0.0.0.0', 6000), at('localhost', 5000))).to.equal('none');
    expect(codeFor(at('127.0.0.1', 6000), at('127.0.0.2', 6000))).to.equal('none');
    expect(codeFor(at('192.168.1.2', 6000), at('localhost', 6000))).to.equal('none');
    expect(codeFor(at('0.0.0.0', 0), at('localhost', 0))).to.equal('none');
  });
});

const at = (host: string, port: number) => ({ host, port });

function codeFor(listen: ReturnType<typeof at>, http: ReturnType<typeof at>): string {
  try {
    refuseSamePort({ listen, http });
    return 'none';
  } catch (error) {
    return error instanceof Trouble ? error.code : String(error);
  }
}
