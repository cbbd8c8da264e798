#!/usr/bin/env node
/** The `cairn` command. It looks at Node's version before any native module is loaded. */

const NODE_MIN = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
  process.stderr.write(
    `cairn needs Node ${NODE_MIN.join('.')} or newer, and this is ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org.\n',
  );
  process.exitCode = 1;
} else {
  const { main } = await import('./main.js');
  process.exitCode = await main(process.argv.slice(2));
}
