// Erases the data of a session, user or key: decisions and votes at once, exemplars made of them with the next rebuild. Used by
// `signalbox forget` and POST /admin/forget, which also report what is left.
import { createHash } from 'node:crypto'
import { NONE_ROUTE } from '../core/types.ts'
import { RouterError } from '../errors.ts'
import type { ForgetQuery, Store } from '../store/store.ts'
import { currentGeneration } from '../vector-index/generation-store.ts'
import { generationsHolding, type HoldingGeneration, possibleExemplars } from './exemplar-ids.ts'

/** What is erased: one decision, or all of a session, a user or a key. Exactly one is given. */
export interface ForgetWish {
  decisionId?: string | undefined
  sessionId?: string | undefined
  /** OpenAI's `user`, as callers send it; the store only has its digest. */
  user?: string | undefined
  /** Id of a gateway key, or `local`. */
  key?: string | undefined
}

export interface ForgetDeps {
  store: Pick<Store, 'listForgettable' | 'countForgettable' | 'forget'>
  indexDir: string
  /** Configured routes. */
  routes: readonly string[]
  /** Erases the memory of the running server; null outside of a server. @returns the number of dropped turns */
  forgetInMemory: ((query: ForgetQuery) => number) | null
}

export interface ForgetReport {
  dryRun: boolean
  decisions: number
  votes: number
  /** Exemplars made of their votes that a generation contains. */
  exemplars: string[]
  currentGeneration: number | null
  /** Generations that contain such exemplars, ascending. */
  generations: HoldingGeneration[]
  /** Turns dropped from the server's memory; null outside of a server. */
  turnsInMemory: number | null
  /** Sentences on what is left to do, and what is not erased. */
  remaining: string[]
}

/** @throws RouterError `invalid_request` where not exactly one is given */
export const forgetQueryOf = (wish: ForgetWish): ForgetQuery => {
  const { decisionId, sessionId, user, key } = wish
  const given = [decisionId, sessionId, user, key].filter(Boolean)
  if (given.length !== 1) {
    throw new RouterError('invalid_request', 'Give exactly one of session, user and key.')
  }
  if (decisionId) return { decisionId }
  if (sessionId) return { sessionId }
  if (user) return { userDigest: createHash('sha256').update(user).digest('hex') }
  return { principal: key as string }
}

const inCurrent = (count: number): string =>
  count === 1
    ? '1 exemplar of the current generation came from them: rebuild, and it is gone.'
    : `${count} exemplars of the current generation came from them: rebuild, and they are gone.`

const remainingOf = (
  { generations, currentGeneration: current }: Omit<ForgetReport, 'remaining'>,
  isServer: boolean,
): string[] => {
  const held = generations.find(({ generation }) => generation === current)?.exemplarIds.length ?? 0
  const others = generations.filter(({ generation }) => generation !== current)
  const names = others.map(({ generation }) => generation).join(', ')
  return [
    ...(held > 0 ? [inCurrent(held)] : []),
    ...(others.length > 0
      ? [`Generations that hold them besides are removed at the next rebuild: ${names}.`]
      : []),
    isServer
      ? 'Answers, embeddings and session scores in memory stay until they expire or the server restarts.'
      : 'A running server keeps answers, embeddings and session scores in memory until they expire or it restarts.',
    'Not reached: logs (they hold prompts only under telemetry.log_prompts), files of training data, backups, providers.',
  ]
}

/**
 * Counts under `dryRun`, else deletes. Resolves after commit.
 * @throws RouterError `store_unavailable`
 */
export const forget = async (
  query: ForgetQuery,
  deps: ForgetDeps,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<ForgetReport> => {
  const { store, indexDir, routes, forgetInMemory } = deps
  const votes = await store.listForgettable(query)
  const { likely, possible } = possibleExemplars(votes, [...routes, NONE_ROUTE])
  const generations = await generationsHolding(indexDir, possible)
  const exemplars = [...new Set(generations.flatMap(({ exemplarIds }) => exemplarIds))]
  const counted = dryRun
    ? { decisions: await store.countForgettable(query), feedback: votes.length }
    : await store.forget(query, [...new Set([...likely, ...exemplars])])
  const turnsInMemory = forgetInMemory && !dryRun ? forgetInMemory(query) : null
  const report = {
    dryRun,
    decisions: counted.decisions,
    votes: counted.feedback,
    exemplars,
    currentGeneration: await currentGeneration(indexDir),
    generations,
    turnsInMemory,
  }
  return { ...report, remaining: remainingOf(report, forgetInMemory !== null) }
}
