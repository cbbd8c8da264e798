import { expect } from 'chai';
import { chooseKernel, whyNot } from '../../../../peer/workers/kernel/chooseKernel.js';
import type { Kernel, KernelName } from '../../../../peer/workers/kernel/kernel.js';
import { KERNEL_NAMES, loadKernel } from '../../../../peer/workers/kernel/kernels.js';
import { KERNEL_CHOICES } from '../../../../shared/config/settings.js';
import { Trouble } from '../../../../shared/io/trouble.js';

/** Hashes nothing, and takes `msEach` for a nonce. */
const pretend = (name: KernelName, msEach: number): Kernel => ({
  ...{ name, detail: `${String(msEach)} ms` },
  search: (_header, _target, _first, count) => {
    const end = performance.now() + msEach * count;
    while (performance.now() < end);
    return -1;
  },
});

const FIRST = KERNEL_NAMES[0] as KernelName;

function troubleOf(run: () => unknown): Trouble {
  try {
    run();
  } catch (error) {
    if (error instanceof Trouble) return error;
  }
  throw new Error('it is no trouble');
}

describe('workers/kernel/chooseKernel', () => {
  it('lets the operator choose every kernel that there is', () => {
    expect(KERNEL_CHOICES).to.include.members([...KERNEL_NAMES, 'fastest']);
  });

  for (const name of KERNEL_NAMES) {
    it(`gives the kernel ${name} to who asks for it, or a reason`, () => {
      const reason = whyNot(name);
      if (reason === undefined) expect(chooseKernel(name).name).to.equal(name);
      else expect(troubleOf(() => chooseKernel(name)).message).to.include(reason);
    });
  }

  it('tells what the kernel makes use of', () => {
    const chosen = chooseKernel(FIRST, (name) => pretend(name, 0));
    expect(chosen).to.deep.equal({ name: FIRST, detail: '0 ms', problem: undefined });
  });

  it('gives the same kernel to all who do not choose', () => {
    const chosen = chooseKernel(undefined, (name) => pretend(name, 0));
    expect(chosen).to.deep.equal({ name: 'wasm', detail: '0 ms', problem: undefined });
  });

  it('gives one that runs everywhere to who did not choose, where that kernel cannot run', () => {
    const load = (name: KernelName): Kernel => {
      if (name === 'wasm') throw new Error('this processor has no SIMD');
      return pretend(name, 0);
    };
    const { name, problem } = chooseKernel(undefined, load);
    expect(name).to.equal('node');
    expect(problem).to.match(
      /^Kernel wasm cannot be used here: this processor has no SIMD\. Kernel/,
    );
    expect(troubleOf(() => chooseKernel('wasm', load)).code).to.equal('kernel-unusable');
  });

  it('says of a kernel that cannot be used why, and what to do', () => {
    const trouble = troubleOf(() =>
      chooseKernel(FIRST, () => {
        throw new Error('there is no compiler here');
      }),
    );
    expect(trouble.code).to.equal('kernel-unusable');
    expect(trouble.message).to.equal(
      `Kernel ${FIRST} cannot be used here: there is no compiler here.`,
    );
    expect(trouble.advice).to.include('--kernel fastest');
  });

  it('chooses the fastest of those that run here', () => {
    const names = ['wasm', 'node', 'native'] as unknown as readonly KernelName[];
    const msEach: Readonly<Record<string, number>> = { wasm: 0.001, node: 0.004, native: 0 };
    const load = (name: KernelName): Kernel => {
      if ((name as string) === 'native') throw new Error('it is not built.');
      return pretend(name, msEach[name] ?? 0);
    };
    expect(chooseKernel('fastest', load, names).name).to.equal('wasm');
    expect(chooseKernel('fastest', load, [...names].reverse()).name).to.equal('wasm');
  });

  it('says why when none runs', () => {
    const load = (): Kernel => {
      throw new Error('its self-test failed.');
    };
    expect(troubleOf(() => chooseKernel('fastest', load)).message).to.include(
      'Kernel fastest cannot be used here: its self-test failed.',
    );
  });

  it('finds the fastest within some tens of milliseconds a kernel', () => {
    const names = KERNEL_NAMES.filter((name) => whyNot(name) === undefined);
    names.forEach((name) => loadKernel(name));
    const begin = performance.now();
    expect(names).to.include(chooseKernel('fastest').name);
    expect(performance.now() - begin).to.be.lessThan(names.length * 250);
  });
});
