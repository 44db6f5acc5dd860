// A kernel over a memory of its own.
import { assemble, type Code } from './assembler.ts'

/** The part of the WebAssembly API used here: the ES library does not declare it. */
interface Host {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (
    module: object,
    imports: object,
  ) => {
    readonly exports: { readonly f: (...args: number[]) => void }
  }
}

const host = (globalThis as unknown as { readonly WebAssembly: Host }).WebAssembly
const PAGE_BYTES = 65_536

export interface Instance {
  readonly buffer: ArrayBuffer
  readonly run: (...args: number[]) => void
}

/** @param bytes least size of the memory */
export const instantiate = (bytes: number, code: Code): Instance => {
  const memory = new host.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) })
  const instance = new host.Instance(new host.Module(assemble(code)), { env: { m: memory } })
  return { buffer: memory.buffer, run: instance.exports.f }
}
