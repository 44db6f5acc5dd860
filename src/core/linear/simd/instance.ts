// Instantiates kernels over a WebAssembly memory.
import { assemble, type Code } from './assembler.ts'

/** The part of the WebAssembly API used here: TypeScript's ES library does not declare it. */
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

/** Several kernels over one memory. @param bytes least size of the memory */
export const instantiateAll = (
  bytes: number,
  codes: readonly Code[],
): { readonly buffer: ArrayBuffer; readonly runs: readonly Instance['run'][] } => {
  const memory = new host.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) })
  const runs = codes.map((code) => {
    const instance = new host.Instance(new host.Module(assemble(code)), { env: { m: memory } })
    return instance.exports.f
  })
  return { buffer: memory.buffer, runs }
}

/** One kernel with its own memory. @param bytes least size of the memory */
export const instantiate = (bytes: number, code: Code): Instance => {
  const { buffer, runs } = instantiateAll(bytes, [code])
  return { buffer, run: runs[0] as Instance['run'] }
}
