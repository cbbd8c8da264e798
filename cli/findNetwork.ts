/** Which of the networks that run on this computer a command means. */

import { basename } from 'node:path';
import { running, type RunFile } from '../lab/launch/runFile.js';
import type { Resolved } from '../shared/config/resolve.js';
import { Trouble } from '../shared/io/trouble.js';
import { NotRunning } from './notRunning.js';
import { homeAt } from './home.js';

/** A network that was started by `cairn network up`. */
export type RunningNetwork = RunFile & { readonly control: NonNullable<RunFile['control']> };

/**
 * The one that the user named, or the only one. Throws `Trouble` when there is none, or a choice.
 */
export function findNetwork({
  values,
  origins,
}: Resolved<'home' | 'network.name'>): RunningNetwork {
  const isNamed = origins['network.name'].type !== 'default';
  const name = isNamed ? values['network.name'] : undefined;
  const networks = running(homeAt(values.home).running).filter(isNetwork);
  const fitting = networks.filter((run) => name === undefined || nameOf(run) === name);
  const [first, second] = fitting;
  if (first === undefined) {
    const what = name === undefined ? 'No network' : `No network ${name}`;
    const others = networks.map(nameOf).join(', ');
    const advice = others === '' ? 'Start one with cairn network up.' : `Running: ${others}.`;
    throw new NotRunning('not-running', `${what} runs on this computer.`, advice);
  }
  if (second === undefined) return first;
  const names = fitting.map(nameOf).join(', ');
  throw new Trouble('several-networks', `Several networks run: ${names}.`, 'Choose with --name.');
}

const isNetwork = (run: RunFile): run is RunningNetwork =>
  run.kind === 'network' && run.control !== null;

/** The name that its user chose is that of its folder. */
const nameOf = (run: RunFile): string => basename(run.dataDirectory);
