/**
 * The kernel for everybody: SHA-256d on the four lanes of WebAssembly's SIMD. It is as fast on a
 * laptop without special instructions as on one with them, so that a room of them stays fair.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Kernel } from './kernel.js';

/** What assembly/search.ts exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Addresses of the 80 bytes of the header, and of the 32 of the target. */
  readonly header: { readonly value: number };
  readonly target: { readonly value: number };
  readonly search: (firstNonce: number, count: number) => number;
}

/** The types of Node leave it out. */
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A kernel with a memory of its own. Throws when WebAssembly has no SIMD here. */
export function loadWasmKernel(): Kernel {
  const module = compiled();
  const { exports } = new WebAssembly.Instance(module, {});
  const { memory, header, target, search } = exports as Exports;
  const bytes = new Uint8Array(memory.buffer);
  return {
    name: 'wasm',
    search(headerBytes, targetBytes, firstNonce, count) {
      bytes.set(headerBytes, header.value);
      bytes.set(targetBytes, target.value);
      return search(firstNonce, count);
    },
  };
}

function compiled(): object {
  const file = kernelFile();
  const bytes = readFileSync(file);
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    const reason = WebAssembly.validate(SIMD_PROBE)
      ? `${fileURLToPath(file)} is damaged. Install or build again.`
      : 'WebAssembly has no SIMD on this computer.';
    throw new Error(reason, { cause: error });
  }
}

/** The smallest module that needs SIMD: one function, `i8x16.splat(i32.const 0)`. */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
);

/** Tests that run the sources find it where the build has put it. */
function kernelFile(): URL {
  const isCompiled = import.meta.url.endsWith('.js');
  const folder = isCompiled ? '.' : '../../../dist/peer/workers/kernel';
  return new URL(`${folder}/sha256d.wasm`, import.meta.url);
}
