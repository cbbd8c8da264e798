import { expect } from 'chai';

import { isWelcomeHost } from '../../../shared/http/welcomeHost.js';

describe('shared/http/welcomeHost', () => {
  it('takes addresses, localhost and the name that it listens under', () => {
    for (const host of ['127.0.0.1', '192.168.1.5:5010', '[::1]:5010', 'localhost:5010', 'Box:1']) {
      expect(isWelcomeHost(host, 'box'), host).to.equal(true);
    }
  });

  it('takes no other name, for it can be made to point here', () => {
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil', '', '[evil]']) {
      expect(isWelcomeHost(host, 'box'), host).to.equal(false);
    }
  });
});
