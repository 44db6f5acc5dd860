// A minimal assembler for the WebAssembly instructions of the kernels, so that no build tool or download is needed. Plain
// JavaScript multiplies matrices five to eight times slower, which would make rebuilds take minutes instead of seconds. Opcodes are
// those of the WebAssembly core specification 2.0.

/** Unsigned LEB128. */
export const uleb = (n: number): number[] => {
  const out: number[] = []
  let rest = n
  do {
    const low = rest & 0x7f
    rest >>>= 7
    out.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return out
}

/** Signed LEB128 of a 32-bit integer. */
export const sleb = (n: number): number[] => {
  const out: number[] = []
  let rest = n
  for (;;) {
    const low = rest & 0x7f
    rest >>= 7
    const isDone = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
    out.push(isDone ? low : low | 0x80)
    if (isDone) return out
  }
}

const I32 = 0x7f
const V128 = 0x7b

export const getLocal = (i: number): number[] => [0x20, ...uleb(i)]
export const setLocal = (i: number): number[] => [0x21, ...uleb(i)]
export const constI32 = (n: number): number[] => [0x41, ...sleb(n)]
export const addI32 = [0x6a]
export const subI32 = [0x6b]
/** v128.load at a byte offset. */
export const loadV = (at: number): number[] => [0xfd, 0x00, 0x00, ...uleb(at)]
/** v128.store at a byte offset. */
export const storeV = (at: number): number[] => [0xfd, 0x0b, 0x00, ...uleb(at)]
/** i32.load. */
export const loadI32 = [0x28, 0x00, 0x00]
/** v128.load32_splat at a byte offset. */
export const splatV = (at: number): number[] => [0xfd, 0x09, 0x00, ...uleb(at)]
export const zeroV = [0xfd, 0x0c, ...new Array<number>(16).fill(0)]
export const addV = [0xfd, 0xe4, 0x01]
export const mulV = [0xfd, 0xe6, 0x01]

/** v128.load8x8_s at a byte offset: eight signed bytes, as eight 16-bit numbers. */
export const loadBytesV = (at: number): number[] => [0xfd, 0x01, 0x00, ...uleb(at)]
/** i32x4.dot_i16x8_s: products of eight pairs of 16-bit numbers, summed by twos. */
export const dotPairsV = [0xfd, 0xba, 0x01]
/** i32x4.add. */
export const addIntsV = [0xfd, 0xae, 0x01]
/** f32x4.convert_i32x4_s. */
export const toFloatsV = [0xfd, 0xfa, 0x01]
/** i8x16.shuffle of whole 4-byte lanes: 0 to 3 are those of the first operand, 4 to 7 of the second. */
export const lanesV = (lanes: readonly number[]): number[] => [
  ...[0xfd, 0x0d],
  ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
]

/** v128.const of sixteen equal bytes. */
export const bytesV = (byte: number): number[] => [0xfd, 0x0c, ...new Array<number>(16).fill(byte)]
/** v128.and. */
export const andV = [0xfd, 0x4e]
/** i8x16.swizzle: the bytes of the first operand at the places that the second names. */
export const lookUpV = [0xfd, 0x0e]
/** i8x16.add and shr_u. */
export const addBytesV = [0xfd, 0x6e]
export const shiftBytesV = [0xfd, 0x6d]
/** i16x8.add, sub, shl and shr_u. */
export const addShortsV = [0xfd, 0x8e, 0x01]
export const subShortsV = [0xfd, 0x91, 0x01]
export const shiftShortsUpV = [0xfd, 0x8b, 0x01]
export const shiftShortsV = [0xfd, 0x8d, 0x01]
/** v128.store32_lane of the first lane. */
export const storeFirstV = [0xfd, 0x5a, 0x00, 0x00, 0x00]
/** i16x8.max_u. */
export const maxShortsV = [0xfd, 0x99, 0x01]

/** v128.load64_zero at a byte offset, then f64x2.promote_low_f32x4: two float32 as doubles. */
export const loadDoublesV = (at: number): number[] => [
  ...[0xfd, 0x5d, 0x00, ...uleb(at)],
  ...[0xfd, 0x5f],
]
/** f64x2.add, sub and mul. */
export const addDoublesV = [0xfd, 0xf0, 0x01]
export const subDoublesV = [0xfd, 0xf1, 0x01]
export const mulDoublesV = [0xfd, 0xf2, 0x01]

/** A do-while loop: runs `body`, and repeats while the i32 that `again` leaves on the stack is not zero. */
export const loop = (body: readonly number[], again: readonly number[]): number[] => [
  ...[0x03, 0x40, ...body],
  ...[...again, 0x0d, 0x00, 0x0b],
]

const section = (id: number, body: readonly number[]): number[] => [
  id,
  ...uleb(body.length),
  ...body,
]

const name = (text: string): number[] => [
  ...uleb(text.length),
  ...Array.from(text, (letter) => letter.charCodeAt(0)),
]

export interface Code {
  /** i32 parameters. */
  params: number
  /** Further i32 locals, numbered behind the parameters. */
  ints: number
  /** v128 locals, numbered behind those. */
  vectors: number
  body: readonly number[]
}

/** A module that imports its memory as `env.m` and exports one function `f`. */
export const assemble = ({ params, ints, vectors, body }: Code): Uint8Array<ArrayBuffer> => {
  const types = [1, 0x60, ...uleb(params), ...new Array<number>(params).fill(I32), 0]
  const imports = [1, ...name('env'), ...name('m'), 0x02, 0x00, 0x01]
  const exports = [1, ...name('f'), 0x00, 0x00]
  const code = [2, ...uleb(ints), I32, ...uleb(vectors), V128, ...body, 0x0b]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, imports),
    ...section(3, [1, 0]),
    ...section(7, exports),
    ...section(10, [1, ...uleb(code.length), ...code]),
  ])
}
