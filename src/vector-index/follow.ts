// One check of the pointer: loads the generation that it names beside the serving one, and swaps by one assignment; on failure the
// serving one stays.
import type { Logger } from '../core/logger.ts'
import type { Generation } from './generation.ts'
import { type EncoderFit, loadGeneration } from './generation-loader.ts'
import { currentGeneration, listGenerations } from './generation-store.ts'
import { readHistory } from './history.ts'
import { type LoadFailure, messageOf, nextFailure, waitsOn } from './load-failure.ts'

export interface FollowOptions extends EncoderFit {
  dir: string
  logger: Logger
}

export interface Follower {
  serving(): Generation | null
  /** Why the pointer's generation, or its graph, does not serve; null where it does. */
  error(): string | null
  /** Checks the pointer; a failed generation is retried with backoff, or at once where `isForced`. */
  follow(isForced: boolean): Promise<Generation | null>
  /** Loads the newest generation older than the one that failed, where nothing serves yet. */
  fallBack(): Promise<void>
}

const announce = (logger: Logger, { number, index, manifest, searchProblem }: Generation) => {
  const fields = { generation: number, search: index.kind, exemplars: manifest.exemplarCount }
  if (searchProblem === undefined) logger.info(fields, 'Index generation serves.')
  else
    logger.error(
      { ...fields, problem: searchProblem },
      'Index generation serves by exact search: its codes or graph cannot be used.',
    )
}

/** Generations that the gate refused and nobody promoted since: never used as a fallback. */
const refusedGenerations = async (dir: string): Promise<Set<number>> => {
  const refused = new Set<number>()
  for (const { action, generation } of await readHistory(dir)) {
    if (action === 'refused') refused.add(generation)
    else if (action === 'promoted' || action === 'rolled_back') refused.delete(generation)
  }
  return refused
}

/** The newest generation below `below` (null: of all) that loads and was not refused. */
const findFallback = async (options: FollowOptions, below: number | null) => {
  const refused = await refusedGenerations(options.dir)
  const older = (await listGenerations(options.dir)).filter(
    (n) => (below === null || n < below) && !refused.has(n),
  )
  for (const number of older.reverse()) {
    try {
      return await loadGeneration(options.dir, number, options)
    } catch (error) {
      const fields = { generation: number, problem: messageOf(error) }
      options.logger.warn(fields, 'An older index generation cannot be loaded either.')
    }
  }
  return null
}

interface State {
  options: FollowOptions
  serving: Generation | null
  /** Failure of the pointer's generation, or of the pointer. */
  failure: LoadFailure | null
}

const swap = (state: State, next: Generation): void => {
  state.serving = next
  announce(state.options.logger, next)
}

const fail = (state: State, number: number | null, error: unknown): void => {
  const last = state.failure
  const failure = nextFailure(last, number, error)
  state.failure = failure
  if (last?.number === number && last.message === failure.message) return
  const serving = state.serving?.number ?? null
  const fields = { generation: number, serving, problem: failure.message }
  state.options.logger.error(fields, 'The current index generation cannot be loaded.')
}

const follow = async (state: State, isForced: boolean): Promise<void> => {
  const { options, serving, failure } = state
  let number: number | null = null
  try {
    number = await currentGeneration(options.dir)
    if (number !== null && number !== serving?.number) {
      if (!isForced && failure?.number === number && waitsOn(failure)) return
      swap(state, await loadGeneration(options.dir, number, options))
    }
    state.failure = null
  } catch (error) {
    fail(state, number, error)
  }
}

/** The state behind a live index. Its calls must not overlap: live.ts queues them. */
export const createFollower = (options: FollowOptions): Follower => {
  const state: State = { options, serving: null, failure: null }
  return {
    serving: () => state.serving,
    error: () => state.failure?.message ?? state.serving?.searchProblem ?? null,
    follow: async (isForced) => {
      await follow(state, isForced)
      return state.serving
    },
    fallBack: async () => {
      if (state.serving !== null || state.failure === null) return
      const found = await findFallback(options, state.failure.number)
      if (found !== null) swap(state, found)
    },
  }
}
