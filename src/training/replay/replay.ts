// Stored decisions → what another generation would make of them, without any model call: each is decided anew from its
// embedding, and where feedback says what is right, both are held against that.

import type { Config } from '../../config/config-schema.ts'
import { batchClassification } from '../../core/classifier/batch-decisions.ts'
import type { BatchScores } from '../../core/classifier/score-batch.ts'
import { routePolicy } from '../../core/decide/decide-turn.ts'
import type { ReplayRow } from '../../core/records/stored-decision.ts'
import type { Store } from '../../store/store.ts'
import type { Generation } from '../../vector-index/generation.ts'
import { isHeldOutVote, isOperatorVote } from '../candidates/held-out-vote.ts'
import { textKey } from '../exemplars/exemplar-line.ts'
import type { ReplayReport } from '../reports/gate-report.ts'
import { decideAnew } from './decide-anew.ts'
import { type ReplayableRow, skipReason } from './replayable.ts'
import { isRightRoute, rightRoutes } from './right-routes.ts'
import { createScorePool, type ScorePool } from './score-pool.ts'
import { createTally, type HubCounts, type Replayed } from './tally.ts'

export interface ReplayInput {
  generation: Generation
  config: Config
  store: Pick<Store, 'listReplayRows' | 'listFeedback'>
  /** Newest decisions that are looked at. */
  limit: number
  sinceMs: number | null
  onProgress?: (done: number, total: number) => void
}

export interface ReplayResult {
  report: ReplayReport
  hubs: HubCounts
}

/** Rows read and scored at a time, and slices that may be under way: bounds the memory at some 25 MB of embeddings. */
const PAGE = 1_024
const MOST_UNDER_WAY = 5

const pack = (rows: readonly ReplayableRow[], dimensions: number): Float32Array => {
  const vectors = new Float32Array(rows.length * dimensions)
  rows.forEach(({ embedding }, i) => {
    vectors.set(embedding, i * dimensions)
  })
  return vectors
}

/** The same for the same prompt, without keeping its text or vector. */
const promptKeyOf = ({ text, embedding }: ReplayableRow): string =>
  text === null ? embedding.subarray(0, 6).join() : textKey(text)

const createDecideRow = (
  { generation, config }: ReplayInput,
  right: Map<string, string>,
  /** Decisions whose prompts are trained on because of who voted. */
  trainedOn: ReadonlySet<string>,
) => {
  const { default_route: defaultRoute } = config
  const { classifier: model, exemplars } = generation
  const router = { model, exemplars, mostNeighbours: 1 }
  const options = {
    policy: routePolicy(config, model),
    isInheriting: config.conversation.inherit,
  }
  const share = config.training.feedback.held_out_share
  return (row: ReplayableRow, scores: BatchScores, at: number): Replayed => {
    const own = batchClassification(scores, at, router)
    const { route: to } = decideAnew(own, row.inherited, options)
    const wanted = right.get(row.id)
    return {
      decisionId: row.id,
      text: row.text,
      from: row.route,
      to,
      judged:
        wanted === undefined
          ? null
          : {
              was: isRightRoute(row.route, wanted, defaultRoute),
              is: isRightRoute(to, wanted, defaultRoute),
              isHeldOut: !trainedOn.has(row.id) && isHeldOutVote(row, share),
            },
      promptKey: promptKeyOf(row),
      nearest: own.neighbours[0] ?? null,
    }
  }
}

/** Rows that can be decided anew; why others cannot is counted. */
const createSieve = ({ manifest }: Generation) => {
  const { encoderId, dimensions, searchDimensions } = manifest
  const fit = { encoderId, dimensions, searchDimensions }
  const skipped: Record<string, number> = {}
  let withoutText = 0
  return {
    sieve: (page: readonly ReplayRow[]): ReplayableRow[] => {
      const rows: ReplayableRow[] = []
      for (const row of page) {
        const why = skipReason(row, fit)
        if (why !== null) skipped[why] = (skipped[why] ?? 0) + 1
        else rows.push(row as ReplayableRow)
      }
      withoutText += rows.filter(({ text }) => text === null).length
      return rows
    },
    counts: () => ({ skipped, withoutText }),
  }
}

/** Pages of rows → scored by the pool, several under way at a time, and counted in the order in which they were read. */
const createScoring = (
  pool: ScorePool,
  { generation, limit, onProgress }: ReplayInput,
  decideRow: ReturnType<typeof createDecideRow>,
) => {
  const { dimensions } = generation.manifest
  const { sieve, counts } = createSieve(generation)
  const tally = createTally()
  let done = 0
  const underWay: Promise<() => void>[] = []

  const scorePage = async (rows: ReplayableRow[]): Promise<() => void> => {
    const texts = rows.map(({ text }) => text)
    const scores = await pool.score({ vectors: pack(rows, dimensions), texts })
    return () => {
      rows.forEach((row, at) => {
        tally.add(decideRow(row, scores, at))
      })
      done += rows.length
      onProgress?.(done, limit)
    }
  }
  return {
    take: (page: readonly ReplayRow[]): void => {
      const rows = sieve(page)
      if (rows.length === 0) return
      const scored = scorePage(rows)
      scored.catch(() => {}) // awaited below, in order
      underWay.push(scored)
    },
    /** The newest are counted first, whichever thread is done first. */
    finish: async (left: number): Promise<void> => {
      while (underWay.length > left) (await (underWay.shift() as Promise<() => void>))()
    },
    tally,
    counts,
  }
}

const replayWith = async (pool: ScorePool, input: ReplayInput): Promise<ReplayResult> => {
  const startedAt = performance.now()
  const { generation, config, store, limit, sinceMs } = input
  const feedback = await store.listFeedback()
  const decideRow = createDecideRow(
    input,
    rightRoutes(feedback, new Set(Object.keys(config.routes))),
    new Set(feedback.filter(isOperatorVote).map(({ decisionId }) => decisionId)),
  )
  const { take, finish, tally, counts } = createScoring(pool, input, decideRow)
  let before: string | undefined
  for (let read = 0; read < limit; ) {
    const page = await store.listReplayRows({
      limit: Math.min(PAGE, limit - read),
      ...(sinceMs !== null && { sinceMs }),
      ...(before !== undefined && { before }),
    })
    take(page)
    read += page.length
    before = page.at(-1)?.id
    if (before === undefined) break
    await finish(MOST_UNDER_WAY)
  }
  await finish(0)
  const report: ReplayReport = {
    generation: generation.number,
    ...tally.report(),
    ...counts(),
    sinceMs,
    durationMs: Math.round(performance.now() - startedAt),
  }
  return { report, hubs: tally.hubCounts() }
}

/**
 * Decides the newest stored decisions anew. Rows of other encoders, pinned, degraded ones and the like are skipped and counted.
 * Takes both cores for seconds: call it in a process of its own.
 * @throws RouterError of the store
 */
export const replay = async (input: ReplayInput): Promise<ReplayResult> => {
  const { classifier, exemplars, vectors, manifest } = input.generation
  const pool = createScorePool({
    model: classifier,
    exemplars,
    vectors,
    searchDimensions: manifest.searchDimensions,
    neighbours: input.config.index.neighbours,
  })
  try {
    return await replayWith(pool, input)
  } finally {
    await pool.close()
  }
}
