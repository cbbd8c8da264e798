/** The trouble that has an exit code of its own: scripts ask whether something runs. */

import { Trouble } from '../shared/io/trouble.js';

/** No node, or no network, is where the command looked: exit code 2. */
export class NotRunning extends Trouble {}
