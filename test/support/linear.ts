// Whether work grows linearly with its input, by the processor's time and not the clock's, so that a busy machine does not
// count: sixteen runs on a sixteenth of a text against one run on all of it. Work that is fast for its size is not compared.
import type { MakeText } from '../../scripts/rig/hostile-texts.ts'

export type Work = (text: string) => unknown

/** Milliseconds per 1,000 units that pass unquestioned: a megabyte within 0.2 s. */
const FAST_MS_PER_THOUSAND = 0.2
const PARTS = 16
/** Linear work takes as long in one piece as in sixteen, n·log n a little longer, quadratic work 16 times. */
const MOST_GROWTH = 5
const ROUNDS = 5

const cpuMs = async (work: Work, text: string, times = 1): Promise<number> => {
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) await work(text)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
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
  for (const size of sizes) {
    const ms = await cpuMs(work, make(size))
    if (ms <= (size / 1_000) * FAST_MS_PER_THOUSAND) continue
    const growth = await growthOf(work, make, size)
    // Once more at another size: a text may be long enough to be looked at where its parts are not.
    const other = size === sizes.at(-1) ? size / 4 : size * 4
    if (growth > MOST_GROWTH && (await growthOf(work, make, other)) > MOST_GROWTH) {
      return `${ms.toFixed(0)} ms for ${size} units, ${growth.toFixed(1)} times what sixteen parts of it take`
    }
  }
  return null
}
