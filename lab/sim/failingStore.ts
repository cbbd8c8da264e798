/** A store that fails at its n-th write, as a full disk does. */

import { Trouble } from '../../shared/io/trouble.js';
import type { ChainStore } from '../../peer/chain/store.js';

const WRITES = new Set<PropertyKey>([
  ...['putHeader', 'setStatus', 'putBody', 'putUndo', 'writeCoins', 'setState'],
  ...['putTransaction', 'deleteTransaction'],
]);

/** `store`, but write number `n` (from 0) throws; `written` counts. */
export function failingStore(store: ChainStore, n: number): ChainStore {
  let count = 0;
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (WRITES.has(name) && count++ === n) throw new Trouble('disk-full', 'Full.', 'Wait.');
        return Reflect.apply(member, target, args);
      };
    },
  });
}
