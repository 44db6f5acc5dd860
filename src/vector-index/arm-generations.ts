// Keeps the generations of the arms in memory: loads and verifies those that take part, and releases the others.
import type { FollowOptions } from './follow.ts'
import type { Generation } from './generation.ts'
import { loadGeneration } from './generation-loader.ts'
import { type LoadFailure, nextFailure, waitsOn } from './load-failure.ts'

export interface ArmGenerations {
  get(number: number): Generation | undefined
  /** Why it could not be loaded. */
  problem(number: number): string | undefined
  /** Loads the wanted generations and releases all others; failed ones are retried with backoff, or at once where `isForced`. */
  keep(wanted: ReadonlySet<number>, isForced: boolean): Promise<void>
}

interface State {
  options: FollowOptions
  loaded: Map<number, Generation>
  failures: Map<number, LoadFailure>
}

const noteFailure = ({ options, failures }: State, number: number, error: unknown): void => {
  const last = failures.get(number) ?? null
  const failure = nextFailure(last, number, error)
  failures.set(number, failure)
  if (last?.message === failure.message) return
  const fields = { generation: number, problem: failure.message }
  options.logger.error(fields, 'The index generation of an arm cannot be loaded.')
}

const load = async (state: State, number: number): Promise<void> => {
  const { options, loaded, failures } = state
  try {
    loaded.set(number, await loadGeneration(options.dir, number, options))
    failures.delete(number)
    options.logger.info({ generation: number }, 'The index generation of an arm is loaded.')
  } catch (error) {
    noteFailure(state, number, error)
  }
}

const release = ({ options, loaded, failures }: State, wanted: ReadonlySet<number>): void => {
  for (const number of loaded.keys()) {
    if (wanted.has(number)) continue
    loaded.delete(number)
    options.logger.info({ generation: number }, 'The index generation of an ended arm is released.')
  }
  for (const number of failures.keys()) if (!wanted.has(number)) failures.delete(number)
}

export const createArmGenerations = (options: FollowOptions): ArmGenerations => {
  const state: State = { options, loaded: new Map(), failures: new Map() }
  const { loaded, failures } = state
  return {
    get: (number) => loaded.get(number),
    problem: (number) => failures.get(number)?.message,
    keep: async (wanted, isForced) => {
      release(state, wanted)
      for (const number of wanted) {
        const failure = failures.get(number)
        const waits = !isForced && failure !== undefined && waitsOn(failure)
        if (!loaded.has(number) && !waits) await load(state, number)
      }
    },
  }
}
