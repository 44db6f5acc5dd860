import { expect, it } from 'vitest'
import { configSchema } from '../../src/config/config-schema.ts'
import { processCount } from '../../src/encoder/process-count.ts'

it('leaves the server a core where the configuration says auto, and takes a number as it is', () => {
  expect([1, 2, 4, 64].map((cores) => processCount('auto', cores))).toEqual([1, 1, 3, 16])
  expect(processCount(5, 2)).toBe(5)
})

it('is asked for by a number or by auto, and by nothing else', () => {
  const parse = (processes: unknown) => configSchema.shape.encoder.safeParse({ processes }).success
  expect([1, 16, 'auto', 0, 17, 1.5, 'all'].map(parse)).toEqual([
    ...[true, true, true],
    ...[false, false, false, false],
  ])
})
