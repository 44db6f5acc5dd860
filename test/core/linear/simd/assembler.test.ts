// Encodings against the examples and the definition of the WebAssembly core specification, and modules against the engine.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addI32,
  addV,
  constI32,
  getLocal,
  loadV,
  loop,
  mulV,
  setLocal,
  sleb,
  splatV,
  storeV,
  subI32,
  uleb,
  zeroV,
} from '../../../../src/core/linear/simd/assembler.ts'
import { instantiate } from '../../../../src/core/linear/simd/instance.ts'

const decodeUnsigned = (bytes: number[]): number =>
  bytes.reduce((sum, byte, i) => sum + (byte & 0x7f) * 2 ** (7 * i), 0)

const decodeSigned = (bytes: number[]): number => {
  const value = decodeUnsigned(bytes)
  return ((bytes.at(-1) as number) & 0x40) === 0 ? value : value - 2 ** (7 * bytes.length)
}

/** All but the last byte say that another follows. */
const isTerminated = (bytes: number[]): boolean =>
  bytes.every((byte, i) => byte >= 0x80 === i < bytes.length - 1)

describe('unsigned LEB128', () => {
  it.each([
    [0, [0x00]],
    [1, [0x01]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 0x01]],
    [624_485, [0xe5, 0x8e, 0x26]],
    [0xffffffff, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('writes %i as it is known', (n, bytes) => {
    expect(uleb(n)).toEqual(bytes)
  })

  it('can be read back for any 32-bit number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (n) => {
        expect(isTerminated(uleb(n))).toBe(true)
        expect(decodeUnsigned(uleb(n))).toBe(n)
      }),
    )
  })
})

describe('signed LEB128', () => {
  it.each([
    [0, [0x00]],
    [2, [0x02]],
    [-2, [0x7e]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [127, [0xff, 0x00]],
    [-127, [0x81, 0x7f]],
    [-128, [0x80, 0x7f]],
    [-123_456, [0xc0, 0xbb, 0x78]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])('writes %i as it is known', (n, bytes) => {
    expect(sleb(n)).toEqual(bytes)
  })

  it('can be read back for any 32-bit integer, in the fewest bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (n) => {
        const bytes = sleb(n)
        expect(isTerminated(bytes)).toBe(true)
        expect(decodeSigned(bytes)).toBe(n)
        expect(Math.abs(n + 0.5)).toBeLessThan(2 ** (7 * bytes.length - 1))
        expect(bytes.length === 1 || Math.abs(n + 0.5) > 2 ** (7 * bytes.length - 8)).toBe(true)
      }),
    )
  })
})

describe('an assembled module', () => {
  it('loads, splats, multiplies, adds and stores four floats at byte offsets', () => {
    // v = [x, x, x, x] · four + four, where x is the float at `from`.
    const [from, four, to, v] = [0, 1, 2, 3] as const
    const body = [
      ...[
        ...getLocal(from),
        ...splatV(0),
        ...getLocal(four),
        ...loadV(16),
        ...mulV,
        ...setLocal(v),
      ],
      ...[...getLocal(to), ...getLocal(v), ...getLocal(four), ...loadV(16), ...addV, ...storeV(32)],
    ]
    const { buffer, run } = instantiate(256, { params: 3, ints: 0, vectors: 1, body })
    const floats = new Float32Array(buffer)
    floats.set([3], 0)
    floats.set([1, -2, 0.5, 4], 8)
    run(0, 16, 64)
    expect([...floats.subarray(24, 28)]).toEqual([4, -8, 2, 16])
    expect([...floats.subarray(16, 24)]).toEqual(new Array(8).fill(0))
  })

  it('loops as often as its counter says', () => {
    const [from, to, counter, sum] = [0, 1, 2, 3] as const
    const decrement = [...getLocal(counter), ...constI32(-1), ...addI32, ...setLocal(counter)]
    const body = [
      ...[...zeroV, ...setLocal(sum)],
      ...loop(
        [...getLocal(sum), ...getLocal(from), ...loadV(0), ...addV, ...setLocal(sum), ...decrement],
        getLocal(counter),
      ),
      ...[...getLocal(to), ...constI32(16), ...subI32, ...getLocal(sum), ...storeV(0)],
    ]
    const { buffer, run } = instantiate(64, { params: 3, ints: 0, vectors: 1, body })
    const floats = new Float32Array(buffer)
    floats.set([1, 2, 3, 4])
    run(0, 48, 1000)
    expect([...floats.subarray(8, 12)]).toEqual([1000, 2000, 3000, 4000])
  })

  it('has whole pages of zeros, at least as many bytes as were asked for', () => {
    const code = { params: 0, ints: 0, vectors: 0, body: [] }
    for (const [bytes, size] of [
      [1, 65_536],
      [65_536, 65_536],
      [65_537, 131_072],
    ] as const) {
      const { buffer } = instantiate(bytes, code)
      expect(buffer.byteLength).toBe(size)
      expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true)
    }
  })
})
