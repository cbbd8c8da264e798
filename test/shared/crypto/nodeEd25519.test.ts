import { nodeEd25519 } from '../../../shared/crypto/nodeEd25519.js';
import { itIsEd25519 } from '../../support/ed25519Suite.js';

describe('crypto/nodeEd25519', () => {
  itIsEd25519(() => nodeEd25519);
});
