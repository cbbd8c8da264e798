// Puts the libraries of package-lock.json into node_modules, where they are not there yet.

import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { root, run, secondsSince } from './run.mjs';
import { Trouble } from './trouble.mjs';

const stillWorkingEveryMs = 20_000;

/** Installs what is missing, and says so; silent and quick where nothing is. */
export async function install() {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  if (!isInstalled(wanted)) {
    const count = Object.keys(wanted).length;
    console.error(
      `Installing ${count} libraries into node_modules (about 300 MB). This takes half a minute\n` +
        `to three minutes: better-sqlite3 may have to be compiled on this machine.`,
    );
    await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline']);
  }
  if (!databaseLoads()) {
    console.error('better-sqlite3 does not fit this Node: building it anew (up to two minutes).');
    await npm(['rebuild', 'better-sqlite3']);
    if (!databaseLoads()) throw new Trouble(`better-sqlite3 still does not load.\n${freshStart}`);
  }
}

const freshStart = 'Delete the folder node_modules and run this again.';

/** @returns {Record<string, { version?: string, optional?: boolean }>} by path, without us */
function lockedPackages(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.fromEntries(Object.entries(packages).filter(([path]) => path !== ''));
}

/** npm writes its own lock into node_modules as the last step of an installation. */
function isInstalled(wanted) {
  const file = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(file)) return false;
  const present = lockedPackages(file);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => optional === true || present[path]?.version === version,
  );
}

/** False after a change of Node's major version, or where npm was told to run no scripts. */
function databaseLoads() {
  try {
    const Database = createRequire(join(root, 'package.json'))('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

/** @param {readonly string[]} parameters */
async function npm(parameters) {
  const startMs = performance.now();
  const reminder = setInterval(
    () => console.error(`  still at it after ${secondsSince(startMs)} …`),
    stillWorkingEveryMs,
  );
  const { code, output } = await runNpm(parameters);
  clearInterval(reminder);
  if (code !== 0) throw new Trouble(whyNpmFailed(parameters[0], output));
  console.error(`  done in ${secondsSince(startMs)}`);
}

/** Under `npm start`, the very npm that runs us; else the one on the path. */
function runNpm(parameters) {
  const own = process.env.npm_execpath ?? '';
  if (basename(own) === 'npm-cli.js') return run(process.execPath, [own, ...parameters]);
  return run('npm', parameters, { shell: process.platform === 'win32' });
}

/** Signs in npm's output, and what to do. The first that fits is told. */
const causes = [
  {
    sign: /gyp ERR!.*(-headers\S* failed|is related to network connectivity)/,
    advice:
      'The package better-sqlite3 had to be compiled, and the headers of Node could not be\n' +
      'fetched from nodejs.org for that. Check the network, or name the folder of Node itself,\n' +
      'which has `include/node` (`npm config set nodedir /usr/local`), then run this again.',
  },
  {
    sign: /gyp ERR!|not found: make|prebuild-install/,
    advice:
      'The package better-sqlite3 had to be compiled and that failed. It needs Python 3 and a\n' +
      'C++ compiler.\n' +
      '  Debian, Ubuntu: sudo apt install python3 make g++\n' +
      '  Fedora: sudo dnf install python3 make gcc-c++\n' +
      '  macOS: xcode-select --install\n' +
      '  Windows: the Visual Studio Build Tools with "Desktop development with C++"\n' +
      'Then run this again.',
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/,
    advice:
      'The npm registry cannot be reached. Check the network (and `npm config get registry`,\n' +
      '`npm config get proxy`), then run this again.',
  },
  { sign: /ENOSPC/, advice: 'The disk is full: make about 300 MB of room and run this again.' },
  {
    sign: /EACCES|EPERM|EROFS/,
    advice: 'This folder cannot be written: check its owner and permissions, then run this again.',
  },
  {
    sign: /EUSAGE/,
    advice: 'package-lock.json does not fit package.json: run `npm install` and commit the result.',
  },
  {
    sign: /ENOENT.*npm|npm.*ENOENT|not recognized/,
    advice: 'npm was not found. It comes with Node: https://nodejs.org',
  },
];

/**
 * @param {string} command of npm
 * @param {string} output
 */
function whyNpmFailed(command, output) {
  const tail = output.trimEnd().split('\n').slice(-15).join('\n');
  const advice = causes.find(({ sign }) => sign.test(output))?.advice ?? freshStart;
  return `${tail}\n\n\`npm ${command}\` failed. ${advice}`;
}
