/** The trouble of who asked for something, and does not know whether it was done. */

import { Trouble } from '../shared/io/trouble.js';

/** A payment may have been made: exit code 4. Whoever pays again may pay twice. */
export class OutcomeUnknown extends Trouble {}
