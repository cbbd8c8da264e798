/** From the kernel that the operator asks for to one that is proven to run here. */

import type { KERNEL_CHOICES } from '../../../shared/config/settings.js';
import { Trouble } from '../../../shared/io/trouble.js';
import type { Kernel, KernelName } from './kernel.js';
import { DEFAULT_KERNEL, FALLBACK_KERNEL, KERNEL_NAMES, loadKernel } from './kernels.js';

/** A kernel's name, or `fastest`: whichever is, of those that run here. */
export type KernelWish = (typeof KERNEL_CHOICES)[number];

/** What was chosen, after its self-test. */
export interface ChosenKernel {
  readonly name: KernelName;
  /** What it makes use of here, such as `AVX-512`. */
  readonly detail: string | undefined;
  /** Why it is not the one that hashes elsewhere, where nobody chose: a sentence for people. */
  readonly problem: string | undefined;
}

/**
 * For a start: `fastest` keeps this thread busy for some tens of milliseconds a kernel; without a
 * wish it is the default one, or the fallback where that cannot run. Throws `Trouble` where the
 * kernel cannot be used here.
 */
export function chooseKernel(
  wish: KernelWish | undefined,
  load = loadKernel,
  names = KERNEL_NAMES,
): ChosenKernel {
  if (wish === undefined) return unchosen(load);
  return chosen(wish === 'fastest' ? fastest(load, names) : loaded(wish, load));
}

/** Why a kernel does not run here, in a sentence; `undefined`: it does. */
export function whyNot(name: KernelName, load = loadKernel): string | undefined {
  try {
    load(name);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

type Load = typeof loadKernel;

const chosen = ({ name, detail }: Kernel, problem?: string): ChosenKernel => ({
  ...{ name, detail, problem },
});

function unchosen(load: Load): ChosenKernel {
  try {
    return chosen(load(DEFAULT_KERNEL));
  } catch (error) {
    const problem =
      `Kernel ${DEFAULT_KERNEL} cannot be used here: ${reasonOf(error)} Kernel ` +
      `${FALLBACK_KERNEL} hashes in its place, slower than the peers of other computers do.`;
    return chosen(loaded(FALLBACK_KERNEL, load), problem);
  }
}

function loaded(wish: Exclude<KernelWish, 'fastest'>, load: Load): Kernel {
  const name = KERNEL_NAMES.find((known) => known === wish);
  if (name === undefined) throw unusable(wish, 'This version has none of that name.');
  try {
    return load(name);
  } catch (error) {
    throw unusable(wish, reasonOf(error), error);
  }
}

const unusable = (wish: string, reason: string, cause?: unknown): Trouble =>
  new Trouble(
    'kernel-unusable',
    `Kernel ${wish} cannot be used here: ${reason}`,
    'Choose another one with --kernel, or with --kernel fastest the best of those that run here; ' +
      'cairn bench shows them.',
    cause,
  );

const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
};

function fastest(load: Load, names: readonly KernelName[]): Kernel {
  let best: { readonly kernel: Kernel; readonly perMs: number } | undefined;
  let reason = '';
  for (const name of names) {
    try {
      const kernel = load(name);
      const perMs = hashesPerMs(kernel);
      if (best === undefined || perMs > best.perMs) best = { kernel, perMs };
    } catch (error) {
      reason = reasonOf(error);
    }
  }
  if (best === undefined) throw unusable('fastest', reason);
  return best.kernel;
}

/** Long enough to tell kernels apart, which differ by half and more. */
const MEASURE_MS = 25;
/** Of several stretches the best counts: in the others something else was at work. */
const STRETCH_MS = 2;
const STRETCH_NONCES_MAX = 2 ** 24;

/** In this thread, at once; no hash is at most the target. */
function hashesPerMs(kernel: Kernel): number {
  const header = new Uint8Array(80);
  const target = new Uint8Array(32);
  const begin = performance.now();
  let count = 64;
  let best = 0;
  for (let now = begin; now - begin < MEASURE_MS;) {
    kernel.search(header, target, 0, count);
    const ms = performance.now() - now;
    now += ms;
    best = Math.max(best, count / Math.max(ms, 1e-3));
    if (ms < STRETCH_MS) count = Math.min(STRETCH_NONCES_MAX, count * 2);
  }
  return best;
}
