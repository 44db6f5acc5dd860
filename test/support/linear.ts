// Whether work grows linearly with its input, by the processor's time and not the clock's, so that a busy machine does not
// count: sixteen runs on a sixteenth of a text against one run on all of it. Work that is fast for its size is not compared.
import { expect, it } from 'vitest'
import { HOSTILE_TEXTS, type MakeText } from '../../scripts/rig/hostile-texts.ts'

export const MEGABYTE = [16_384, 65_536, 1_048_576]
/** For what is only ever given a text that was cut before, or is slow for its size. */
export const SMALL = [4_096, 16_384, 65_536]

export type Work = (text: string) => unknown

/** Milliseconds per 1,000 units that pass unquestioned: a megabyte within 0.2 s. */
const FAST_MS_PER_THOUSAND = 0.2
/** A unit of a longer text may take so much longer than one of the text before, which is a quarter as long or less. */
const UNQUESTIONED_GROWTH = 1.5
const PARTS = 16
/** Linear work takes as long in one piece as in sixteen, n·log n a little longer, quadratic work 16 times. */
const MOST_GROWTH = 5
const ROUNDS = 5

/** Without the stacks of errors: one for each line that is none takes longer than all else, and as long for any text. */
const cpuMs = async (work: Work, text: string, times = 1): Promise<number> => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    const before = process.cpuUsage()
    for (let i = 0; i < times; i++) await work(text)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  } finally {
    Error.stackTraceLimit = limit
  }
}

/** How many times longer a text takes in one piece than in sixteen: the least of several rounds. */
const growthOf = async (work: Work, make: MakeText, size: number): Promise<number> => {
  const part = make(size / PARTS)
  const whole = make(size)
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < ROUNDS && least > MOST_GROWTH; i++) {
    const inParts = await cpuMs(work, part, PARTS)
    least = Math.min(least, (await cpuMs(work, whole)) / inParts)
  }
  return least
}

/**
 * What was found to grow faster than its input, as a sentence; null where nothing was. Goes from small to large and stops
 * at the first find: quadratic work on a megabyte takes minutes.
 */
export const faultOf = async (
  work: Work,
  make: MakeText,
  sizes: readonly number[],
): Promise<string | null> => {
  let perUnit = 0
  for (const size of sizes) {
    const ms = await cpuMs(work, make(size))
    const before = perUnit
    perUnit = ms / size
    if (perUnit * 1_000 <= FAST_MS_PER_THOUSAND) continue
    if (perUnit <= before * UNQUESTIONED_GROWTH) continue
    const growth = await growthOf(work, make, size)
    // Once more at another size: a text may be long enough to be looked at where its parts are not.
    const other = size === sizes.at(-1) ? size / 4 : size * 4
    if (growth > MOST_GROWTH && (await growthOf(work, make, other)) > MOST_GROWTH) {
      return `${ms.toFixed(0)} ms for ${size} units, ${growth.toFixed(1)} times what sixteen parts of it take`
    }
  }
  return null
}

/** A test for each reader, on every text. */
export const holdsLinear = (
  readers: Record<string, Work>,
  sizes: readonly number[],
  texts: Iterable<[string, MakeText]> = HOSTILE_TEXTS,
): void => {
  it.each(Object.entries(readers))(
    '%s',
    async (_name, work) => {
      const faults: string[] = []
      for (const [text, make] of texts) {
        const fault = await faultOf(work, make, sizes)
        if (fault !== null) faults.push(`${text}: ${fault}`)
        if (faults.length === 3) break
      }
      expect(faults).toEqual([])
    },
    240_000,
  )
}
