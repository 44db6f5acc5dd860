// One look at the pointer: load what it names beside what serves, and swap by one assignment, or say why not.
import type { Logger } from '../core/logger.ts'
import type { Generation } from './generation.ts'
import { type EncoderFit, loadGeneration } from './generation-loader.ts'
import { currentGeneration, listGenerations } from './generation-store.ts'
import { readHistory } from './history.ts'

export interface FollowOptions extends EncoderFit {
  dir: string
  logger: Logger
}

export interface Follower {
  serving(): Generation | null
  /** Why the pointer's generation, or its graph, does not serve; null where all is well. */
  error(): string | null
  /** Looks at the pointer; a generation that failed is passed over until its turn comes again, unless `isForced`. */
  follow(isForced: boolean): Promise<Generation | null>
  /** Loads the newest generation older than the one that failed, where nothing serves yet. */
  fallBack(): Promise<void>
}

/** The pointer's number that failed last (null: the pointer itself), and how long until it is tried again. */
export interface Failure {
  number: number | null
  message: string
  looksLeft: number
  backoffLooks: number
}

/** A generation that failed is tried again after twice as many looks each time, up to this many. */
const MAX_BACKOFF_LOOKS = 64

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'An unknown error happened.'

export const nextFailure = (
  last: Failure | null,
  number: number | null,
  message: string,
): Failure => {
  const isRepeat = last !== null && last.number === number
  const backoffLooks = isRepeat ? Math.min(MAX_BACKOFF_LOOKS, 2 * last.backoffLooks) : 1
  return { number, message, looksLeft: backoffLooks, backoffLooks }
}

const announce = (logger: Logger, { number, index, manifest, searchProblem }: Generation) => {
  const fields = { generation: number, search: index.kind, exemplars: manifest.exemplarCount }
  if (searchProblem === undefined) logger.info(fields, 'Index generation serves.')
  else
    logger.error({ ...fields, problem: searchProblem }, 'Index generation serves, its graph not.')
}

/** Generations that the gate refused and nobody promoted since: better the default route than one of these. */
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

/** The state behind a live index. Its calls must not overlap: live.ts queues them. */
export const createFollower = (options: FollowOptions): Follower => {
  const { dir, logger } = options
  let serving: Generation | null = null
  let failure: Failure | null = null

  const swap = (next: Generation): void => {
    serving = next
    announce(logger, next)
  }

  const fail = (number: number | null, error: unknown): void => {
    const last = failure
    failure = nextFailure(last, number, messageOf(error))
    if (last?.number === number && last.message === failure.message) return
    const fields = {
      generation: number,
      serving: serving?.number ?? null,
      problem: failure.message,
    }
    logger.error(fields, 'The current index generation cannot be loaded.')
  }

  const isSkipped = (number: number): boolean => {
    if (failure?.number !== number) return false
    failure.looksLeft -= 1
    return failure.looksLeft > 0
  }

  const follow = async (isForced: boolean): Promise<Generation | null> => {
    let number: number | null = null
    try {
      number = await currentGeneration(dir)
      if (number !== null && number !== serving?.number) {
        if (!isForced && isSkipped(number)) return serving
        swap(await loadGeneration(dir, number, options))
      }
      failure = null
    } catch (error) {
      fail(number, error)
    }
    return serving
  }

  const fallBack = async (): Promise<void> => {
    if (serving !== null || failure === null) return
    const found = await findFallback(options, failure.number)
    if (found !== null) swap(found)
  }

  const error = (): string | null => failure?.message ?? serving?.searchProblem ?? null
  return { serving: () => serving, error, follow, fallBack }
}
