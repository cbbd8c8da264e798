/** A network of real processes on this computer: a tracker and peers, started, watched, stopped. */

import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DemoWallets } from '../../peer/wallet/demoWallets.js';
import type { Network } from '../../shared/consensus/genesis.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { writeJsonFile } from '../../shared/io/jsonFile.js';
import { Trouble } from '../../shared/io/trouble.js';
import { Child, type ChildState } from './child.js';
import { Control } from './control.js';
import { demoFile } from './demoFile.js';
import { DemoPayments, type DemoAccountView } from './demoPayments.js';
import { DEMO_VARIABLE } from './messages.js';
import { peerName } from './names.js';
import { NETWORK_FILE, openNetwork } from './networkFile.js';
import {
  accountsNote,
  minerShare,
  planNetwork,
  type NetworkOptions,
  type ProgramPlan,
} from './networkPlan.js';
import {
  chooseNetworkPorts,
  replacePeerPorts,
  type NetworkPorts,
  type PortOptions,
} from './networkPorts.js';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import { doAgree, type NetworkView, type NodeStatus, type NodeView } from './networkView.js';
import { publish, withdraw, type RunFile } from './runFile.js';
import { Survey } from './survey.js';

export interface LauncherOptions {
  readonly network: NetworkOptions;
  /** As many peers' ports as there are to be peers; free a moment ago. */
  readonly ports: NetworkPorts;
  /** How they were chosen: where another program takes one meanwhile, others are. */
  readonly portWish: PortOptions;
  /** The network's data directory; the caller holds its lock. */
  readonly folder: string;
  /** Where other commands look for what runs. */
  readonly runningFolder: string;
  /** Whether the demo accounts pay each other by themselves. */
  readonly hasPayments: boolean;
  readonly environment: NodeJS.ProcessEnv;
}

export interface LauncherListeners {
  /** Something to tell once, while starting. */
  readonly onLine: (line: string) => void;
  /** The view changed. */
  readonly onChange: () => void;
  /** The demo accounts, once, when all is up. */
  readonly onAccounts: (accounts: readonly DemoAccountView[]) => void;
}

type Role = ProgramPlan['role'];

/** How often, all in all, programs get other ports when somebody takes theirs. */
const NEW_PORTS_MAX = 5;

const STARTING: ChildState = { type: 'starting' };

export class Launcher {
  readonly #options: LauncherOptions;
  readonly #listeners: LauncherListeners;
  /** By name. */
  readonly #children = new Map<string, Child>();
  readonly #survey: Survey;
  readonly #stopOrder = new StopOrder();
  #ports: NetworkPorts;
  #newPortsLeft = NEW_PORTS_MAX;
  #network: Network | undefined;
  #demo: DemoWallets | undefined;
  #payments: DemoPayments | undefined;
  #control: Control | undefined;
  #run: RunFile | undefined;
  #isStopping = false;

  constructor(options: LauncherOptions, listeners: LauncherListeners) {
    this.#options = options;
    this.#ports = options.ports;
    this.#listeners = listeners;
    this.#survey = new Survey(listeners.onChange);
  }

  /** Resolves when a command in another terminal asks for the end. */
  get stopOrdered(): Promise<void> {
    return this.#stopOrder.given;
  }

  /**
   * Resolves when all programs answer that can. Throws `Trouble` when the network is none without
   * those that cannot; `stop` is then still needed.
   */
  async start(): Promise<void> {
    const { folder } = this.#options;
    const { network, origin, hasRun, demo } = await openNetwork(folder, this.#options.network);
    this.#listeners.onLine(origin);
    const peers = this.#ports.peers.map((_, i) => peerName(i));
    const note = accountsNote(
      demo?.accounts.map(({ name }) => name),
      peers,
    );
    if (note !== undefined) this.#listeners.onLine(note);
    this.#network = network;
    this.#demo = demo;
    this.#survey.start();
    await this.#startAll('tracker', network.params);
    // Peers that have never met find each other only through it.
    if (!hasRun) this.#requireOne('tracker');
    await this.#startAll('peer', network.params);
    if (this.#isStopping) return;
    this.#requireOne('peer');
    this.#control = await Control.open({
      view: () => this.view(),
      stop: this.#stopOrder.give,
    });
    this.#run = this.#describe(network, this.#control);
    publish(this.#run, this.#options.runningFolder);
    await this.#startPayments(network.params.prefix);
  }

  view(): NetworkView {
    const nodes = [...this.#children.values()].map((child) => this.#viewOf(child));
    const networkId = this.#network?.id ?? '';
    return {
      network: this.#network?.params.name ?? '',
      networkId,
      agree: doAgree({ networkId, nodes }),
      nodes,
    };
  }

  /** Asks all programs to end, together, and waits for them. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#payments?.close();
    this.#survey.close();
    this.#control?.close();
    await Promise.all([...this.#children.values()].map((child) => child.stop()));
    if (this.#run !== undefined) withdraw(this.#run, this.#options.runningFolder);
  }

  /** Ends all programs at once. What they had stored stays. */
  kill(): void {
    this.#isStopping = true;
    for (const child of this.#children.values()) child.kill();
    if (this.#run !== undefined) withdraw(this.#run, this.#options.runningFolder);
  }

  #plan(role: Role, params: NetworkParams): readonly ProgramPlan[] {
    const { network, folder } = this.#options;
    const layout = {
      tracker: this.#ports.tracker,
      peers: this.#ports.peers.map((own, i) => ({ ...own, name: peerName(i) })),
      networkFile: join(folder, NETWORK_FILE),
      folder,
    };
    const share = minerShare(network.peers, network.cpuPercent, availableParallelism());
    const mine = network.mine && !params.fixedTarget;
    const all = planNetwork({ ...network, mine }, layout, share);
    return all.filter((program) => program.role === role);
  }

  /**
   * Starts all programs of `role` together and waits until each is ready or has failed; those whose
   * ports were taken meanwhile start again with others.
   */
  async #startAll(role: Role, params: NetworkParams): Promise<void> {
    let programs = this.#plan(role, params);
    for (;;) {
      await Promise.all(programs.map((program) => this.#startOne(program)));
      const lost = programs.filter(({ name }) => this.#hasLostPorts(name)).map(({ name }) => name);
      if (lost.length === 0 || this.#isStopping) return;
      this.#ports = await this.#otherPorts(role, lost);
      const what = 'another program took the port meanwhile; starting again with others.';
      this.#listeners.onLine(`${lost.join(', ')}: ${what}`);
      this.#newPortsLeft -= 1;
      programs = this.#plan(role, params).filter(({ name }) => lost.includes(name));
    }
  }

  /** Whether `name` only needs other ports to start, and may have them. */
  #hasLostPorts(name: string): boolean {
    const state = this.#children.get(name)?.state;
    return this.#newPortsLeft > 0 && state?.type === 'failed' && state.code === 'port-in-use';
  }

  /** Throws `Trouble` where the user chose the port of the tracker. */
  #otherPorts(role: Role, lost: readonly string[]): Promise<NetworkPorts> {
    const { portWish } = this.#options;
    if (role === 'tracker') return chooseNetworkPorts(portWish);
    const peers = this.#ports.peers.map((_, i) => i);
    const indices = peers.filter((i) => lost.includes(peerName(i)));
    return replacePeerPorts(portWish, this.#ports, indices);
  }

  #startOne({ name, role, folder, config }: ProgramPlan): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    mkdirSync(folder, { recursive: true });
    const configFile = join(folder, 'config.json');
    writeJsonFile(configFile, config);
    return new Promise((resolve) => {
      const options = {
        name,
        role,
        args: [role, '--config', configFile],
        dataDirectory: folder,
        environment: this.#environmentOf(name),
      };
      const child = new Child(options, () => {
        this.#onChildChange(child);
        resolve();
      });
      this.#children.set(name, child);
    });
  }

  /** A peer with a demo wallet is told where its words are. */
  #environmentOf(name: string): NodeJS.ProcessEnv {
    const environment = withoutSettings(this.#options.environment);
    const hasWallet = this.#demo?.accounts.some((account) => account.name === name) ?? false;
    if (!hasWallet) return environment;
    return { ...environment, [DEMO_VARIABLE]: demoFile(this.#options.folder) };
  }

  async #startPayments(prefix: string): Promise<void> {
    if (this.#demo === undefined) return;
    const { onLine, onAccounts } = this.#listeners;
    const peers = this.#run?.nodes.filter(({ role }) => role === 'peer') ?? [];
    this.#payments = new DemoPayments(this.#demo, peers, { prefix, onLine });
    const accounts = await this.#payments.look();
    if (this.#isStopping) return;
    onAccounts(accounts);
    if (this.#options.hasPayments) void this.#payments.run();
  }

  /** Throws when all programs of `role` have failed. */
  #requireOne(role: Role): void {
    const nodes = this.view().nodes.filter((node) => node.role === role);
    const [first] = nodes;
    if (first === undefined || nodes.some(({ state }) => state !== 'failed')) return;
    const what = role === 'peer' ? 'No peer came up. ' : '';
    throw new Trouble('child-failed', `${what}${first.name}: ${first.reason}`, '');
  }

  #onChildChange(child: Child): void {
    const { name, role } = child.options;
    if (child.state.type === 'running') {
      if (role === 'peer') this.#survey.add(name, child.state.ready.httpUrl);
    } else this.#survey.remove(name);
    this.#listeners.onChange();
  }

  #viewOf(child: Child): NodeView {
    const { pid } = child;
    const { name, role } = child.options;
    const state = this.#hasLostPorts(name) ? STARTING : child.state;
    const ready = state.type === 'running' ? state.ready : undefined;
    const answer = this.#survey.answerOf(name);
    return {
      name,
      role,
      state: this.#survey.isSilent(name) ? 'silent' : state.type,
      reason: state.type === 'failed' ? state.reason : '',
      pid: child.state.type === 'stopped' || child.state.type === 'failed' ? 0 : pid,
      tcp: ready?.tcpAddress ?? '–',
      http: ready?.httpUrl ?? '–',
      status: answer === undefined ? null : pickStatus(answer),
    };
  }

  #describe(network: Network, control: Control): RunFile {
    return {
      kind: 'network',
      network: network.params.name,
      networkId: network.id,
      pid: process.pid,
      startedUnix: Math.floor(Date.now() / 1_000),
      dataDirectory: this.#options.folder,
      control: control.address,
      nodes: [...this.#children.values()].flatMap(({ options, state, pid }) =>
        state.type !== 'running'
          ? []
          : [
              {
                name: options.name,
                role: options.role,
                pid,
                tcpAddress: state.ready.tcpAddress,
                httpUrl: state.ready.httpUrl,
                dataDirectory: options.dataDirectory,
              },
            ],
      ),
    };
  }
}

class StopOrder {
  give: () => void = () => undefined;
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve;
  });
}

function pickStatus(answer: StatusJson): NodeStatus {
  const { networkId, height, tip, peers, mining, hashRate, synced, mempool } = answer;
  const pending = mempool.count;
  return { networkId, height, tip, peers, mining, hashRate, synced, pending };
}

/**
 * The programs' settings stand in their files; what the user set for a lone program must not leak
 * in.
 */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSetting = (name: string): boolean => /^CAIRN_(PEER|TRACKER|NETWORK|LOG)_/.test(name);
  const kept = Object.entries(environment).filter(([name]) => !isSetting(name));
  return Object.fromEntries(
    kept.filter(([name]) => name !== 'CAIRN_CONFIG' && name !== DEMO_VARIABLE),
  );
}
