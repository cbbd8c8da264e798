/** One program of the network, as a child process: started, watched, stopped. */

import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { ChildMessage, LauncherMessage } from './messages.js';

export interface ChildOptions {
  readonly name: string;
  readonly role: 'tracker' | 'peer';
  /** What follows `cairn`. */
  readonly args: readonly string[];
  /** Its data directory; its output goes to `output.log` there. */
  readonly dataDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
}

export type Ready = Extract<ChildMessage, { type: 'ready' }>;

/** `starting → running → stopped`, or from either of the first two → `failed`. */
export type ChildState =
  | { readonly type: 'starting' }
  | { readonly type: 'running'; readonly ready: Ready }
  | { readonly type: 'stopped' }
  /** It ended although nobody asked it to. `code`: of its trouble; empty where it told of none. */
  | { readonly type: 'failed'; readonly reason: string; readonly code: string };

/** How long a child may take to end cleanly before it is killed. */
const STOP_TIMEOUT_MS = 5_000;

export class Child {
  readonly options: ChildOptions;
  readonly #process: ChildProcess;
  readonly #onChange: (child: Child) => void;
  readonly #exited: Promise<void>;
  #state: ChildState = { type: 'starting' };
  #trouble: Extract<ChildMessage, { type: 'trouble' }> | undefined;
  #isStopping = false;

  /** Starts it. `onChange` is called after each change of its state. */
  constructor(options: ChildOptions, onChange: (child: Child) => void) {
    this.options = options;
    this.#onChange = onChange;
    this.#process = start(options);
    this.#process.on('message', (message) => {
      this.#onMessage(message as ChildMessage);
    });
    this.#exited = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#onEnd(reason);
        resolve();
      };
      this.#process.once('error', (error) => {
        end(error.message);
      });
      this.#process.once('exit', (code, signal) => {
        end(signal === null ? `ended with exit code ${String(code)}` : `killed by ${signal}`);
      });
    });
  }

  get state(): ChildState {
    return this.#state;
  }

  /** 0 when it could not even be started. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves when it has ended. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** Asks it to end, and kills it when it does not. Resolves when it has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#process.connected) {
      this.#process.send({ type: 'stop' } satisfies LauncherMessage, () => undefined);
    }
    const timer = setTimeout(() => {
      this.kill();
    }, STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Ends it at once. */
  kill(): void {
    this.#isStopping = true;
    this.#process.kill('SIGKILL');
  }

  #onMessage(message: ChildMessage): void {
    if (message.type === 'trouble') this.#trouble = message;
    else this.#change({ type: 'running', ready: message });
  }

  #onEnd(reason: string): void {
    if (this.#state.type === 'failed' || this.#state.type === 'stopped') return;
    if (this.#isStopping) this.#change({ type: 'stopped' });
    else {
      const untold = { sentence: `${reason}; see ${logPath(this.options)}`, code: '' };
      const { sentence, code } = this.#trouble ?? untold;
      this.#change({ type: 'failed', reason: sentence, code });
    }
  }

  #change(state: ChildState): void {
    this.#state = state;
    this.#onChange(this);
  }
}

const logPath = ({ dataDirectory }: ChildOptions): string => join(dataDirectory, 'output.log');

/** A file takes its output, so that neither a full pipe nor a dead launcher can disturb it. */
function start(options: ChildOptions): ChildProcess {
  mkdirSync(options.dataDirectory, { recursive: true });
  const log = openSync(logPath(options), 'a');
  try {
    return fork(COMMAND, [...options.args], {
      stdio: ['ignore', log, log, 'ipc'],
      env: options.environment,
    });
  } finally {
    closeSync(log);
  }
}

/** The `cairn` command beside us, compiled or not. */
const COMMAND = join(
  import.meta.dirname,
  '..',
  '..',
  'cli',
  `cairn${extname(import.meta.filename)}`,
);
