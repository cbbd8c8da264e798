import { expect } from 'chai';
import { errorOf, HTTP_ERRORS, type HttpErrorCode } from '../../../shared/http/errors.js';

describe('http/errors', () => {
  it('gives each code a status of the failing kind and a hint', () => {
    for (const [code, { status, hint }] of Object.entries(HTTP_ERRORS)) {
      expect(status, code).to.be.within(400, 599);
      expect(hint, code).to.match(/[.]$/);
      expect(errorOf(code as HttpErrorCode, 'x')).to.deep.equal({ code, message: 'x', hint });
    }
  });
});
