/** Asks for a line, a hidden one and an agreement, and tells what it heard. */

import { Prompt } from '../../cli/prompt.js';

const prompt = new Prompt();
const name = await prompt.line('Name? ');
const secret = await prompt.hidden('Secret? ');
const isSure = await prompt.confirms('Sure?');
prompt.close();
process.stdout.write(
  `heard ${JSON.stringify([name, Buffer.from(secret).toString('hex'), isSure])}\n`,
);
