// The generations of the arms in memory: those that are wanted are loaded and verified, the others let go.
import type { FollowOptions } from './follow.ts'
import type { Generation } from './generation.ts'
import { loadGeneration } from './generation-loader.ts'
import { type LoadFailure, nextFailure, waitsOn } from './load-failure.ts'

export interface ArmGenerations {
  get(number: number): Generation | undefined
  /** Why it could not be loaded. */
  problem(number: number): string | undefined
  /** Loads what is wanted and forgets all others; one that failed waits for its turn, unless `isForced`. */
  keep(wanted: ReadonlySet<number>, isForced: boolean): Promise<void>
}

export const createArmGenerations = (options: FollowOptions): ArmGenerations => {
  const { dir, logger } = options
  const loaded = new Map<number, Generation>()
  const failures = new Map<number, LoadFailure>()

  const fail = (number: number, error: unknown): void => {
    const last = failures.get(number) ?? null
    const failure = nextFailure(last, number, error)
    failures.set(number, failure)
    if (last?.message === failure.message) return
    const fields = { generation: number, problem: failure.message }
    logger.error(fields, 'An index generation that was to be tried cannot be loaded.')
  }
  const load = async (number: number): Promise<void> => {
    try {
      loaded.set(number, await loadGeneration(dir, number, options))
      failures.delete(number)
      logger.info({ generation: number }, 'Index generation is tried beside the serving one.')
    } catch (error) {
      fail(number, error)
    }
  }
  const release = (wanted: ReadonlySet<number>): void => {
    for (const number of loaded.keys()) {
      if (wanted.has(number)) continue
      loaded.delete(number)
      logger.info({ generation: number }, 'Index generation is no longer tried.')
    }
    for (const number of failures.keys()) if (!wanted.has(number)) failures.delete(number)
  }
  return {
    get: (number) => loaded.get(number),
    problem: (number) => failures.get(number)?.message,
    keep: async (wanted, isForced) => {
      release(wanted)
      for (const number of wanted) {
        const failure = failures.get(number)
        const waits = !isForced && failure !== undefined && waitsOn(failure)
        if (!loaded.has(number) && !waits) await load(number)
      }
    },
  }
}
