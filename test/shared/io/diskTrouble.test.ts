import { expect } from 'chai';

import { diskLow, diskTrouble, fileTrouble } from '../../../shared/io/diskTrouble.js';
import { expectTrouble } from '../../support/troubles.js';

describe('io/diskTrouble', () => {
  it('turns what disks and SQLite say into one sentence each', () => {
    const codes = {
      'disk-full': ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'],
      'not-writable': ['EACCES', 'EPERM', 'EROFS', 'SQLITE_READONLY_DIRECTORY', 'SQLITE_CANTOPEN'],
      'not-a-folder': ['ENOTDIR', 'EEXIST'],
      'disk-error': ['EIO', 'SQLITE_IOERR_WRITE'],
    };
    for (const [code, causes] of Object.entries(codes)) {
      for (const cause of causes) {
        const error = Object.assign(new Error('raw'), { code: cause });
        const trouble = diskTrouble(error, '/data/peer');
        expectTrouble(trouble, code, '/data/peer');
        expect(trouble).to.have.property('cause', error);
      }
    }
  });

  it('names the folder that a file of the user’s would need', () => {
    const about = (code: string, path: string): unknown =>
      fileTrouble(Object.assign(new Error('raw'), { code }), path);
    expectTrouble(about('ENOENT', '/none/out.json'), 'no-folder', 'no folder /none.');
    expectTrouble(about('ENOENT', '/none/out/'), 'no-folder', 'no folder /none/out.');
    expectTrouble(about('ENOTDIR', '/file/out.json'), 'no-folder', 'no folder /file.');
    expectTrouble(about('EROFS', '/disk/out.json'), 'not-writable', '/disk/out.json');
    expectTrouble(about('ENOSPC', '/disk/out.json'), 'disk-full', '/disk/out.json');
  });

  it('leaves trouble, bugs and what is not an error as they are', () => {
    for (const error of [
      diskLow('/data', { free: 1, needed: 2 }),
      new TypeError('bug'),
      undefined,
      'text',
      { code: 7 },
    ]) {
      expect(diskTrouble(error, '/data')).to.equal(error);
    }
  });
});
