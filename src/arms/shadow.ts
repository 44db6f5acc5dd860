// What the shadow generation would have decided: the stored embedding classified once more, after the answer is under way.
// A queue of its own, one decision a turn of the event loop; where it falls behind, decisions are left out and counted.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../config/config-schema.ts'
import { createClassifier } from '../core/classifier/score.ts'
import { confidenceIn, decideTurn, routePolicy } from '../core/decide/decide-turn.ts'
import type { Logger } from '../core/logger.ts'
import type { ShadowDecision } from '../core/records/arm-records.ts'
import type { Decision, Reason } from '../core/types.ts'
import { toRouterError } from '../errors.ts'
import { searchNeighbours } from '../routing/classify.ts'
import type { Store } from '../store/store.ts'
import type { Generation } from '../vector-index/generation.ts'

export interface ShadowOptions {
  /** The generation in the shadow now; null where there is none. */
  generation: () => Generation | null
  store: Pick<Store, 'addShadowDecisions'>
  logger: Logger
  now: () => number
  /** Decisions that may wait to be decided once more. */
  queueLimit?: number
  /** Rows written at a time. */
  batchSize?: number
  /** Longest wait of a row for its batch to fill, milliseconds. */
  batchMs?: number
}

/** The configuration that a decision was made under: the shadow's is held to the same. */
export type DecidedUnder = Pick<Config, 'routes' | 'default_route' | 'index'>

export interface ShadowStats {
  decided: number
  /** Left out because too many waited, or because writing failed. */
  dropped: number
}

export interface ShadowArm {
  /** Takes a decision that was answered. Never throws and never waits. */
  offer(decision: Decision, config: DecidedUnder): void
  stats(): ShadowStats
  /** Resolves when everything offered so far is decided and written. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Reasons that come from the classification; the others would have been the same whatever the generation. */
const COMPARABLE: ReadonlySet<Reason> = new Set([
  'matched',
  'below_threshold',
  'none_of_the_above',
  'unconfigured_route',
  'session',
])

const isComparable = ({ embedding, reason, inherited }: Decision): boolean =>
  embedding !== null && COMPARABLE.has(reason) && inherited?.source !== 'tool_loop'

interface Decider {
  generation: Generation
  classifier: ReturnType<typeof createClassifier>
}

/** @throws RouterError `index_invalid`, `invalid_vector` */
const decideAgain = (
  { generation, classifier }: Decider,
  { decision, config }: { decision: Decision; config: DecidedUnder },
): Pick<ShadowDecision, 'route' | 'reason' | 'confidence'> => {
  const { text } = decision.routingText
  const embedding = decision.embedding as Float32Array
  const found = searchNeighbours(generation, embedding, config.index.neighbours)
  const own = classifier.classify({ text, embedding, ...found })
  // An earlier turn is taken over as it was decided then: the shadow has not seen it.
  const { inherited } = decision
  const turn = { requested: { kind: 'auto' }, own, inherited, degradedBy: null } as const
  const made = decideTurn(turn, routePolicy(config, generation.classifier))
  const { route, reason } = made
  return { route, reason, confidence: confidenceIn(made, route) }
}

/** Rows kept until a batch is full or old, then written; a batch that cannot be written is given up. */
const createBatches = (options: ShadowOptions, onDropped: (rows: number) => void) => {
  const { store, logger, batchSize = 64, batchMs = 1_000 } = options
  let rows: ShadowDecision[] = []
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()
  let hasFailed = false
  const write = async (batch: ShadowDecision[]): Promise<void> => {
    try {
      await store.addShadowDecisions(batch)
      hasFailed = false
    } catch (error) {
      onDropped(batch.length)
      if (!hasFailed) {
        const { code } = toRouterError(error)
        logger.warn({ rows: batch.length, code }, 'Decisions of the shadow could not be written.')
      }
      hasFailed = true
    }
  }
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const batch = rows
    rows = []
    if (batch.length > 0) writing = writing.then(() => write(batch))
    return writing
  }
  const add = (row: ShadowDecision): void => {
    rows.push(row)
    if (rows.length >= batchSize) void flush()
    else timer ??= setTimeout(() => void flush(), batchMs).unref()
  }
  return { add, flush }
}

export const createShadow = (options: ShadowOptions): ShadowArm => {
  const { logger, now, queueLimit = 256 } = options
  const queue: { decision: Decision; config: DecidedUnder }[] = []
  const stats: ShadowStats = { decided: 0, dropped: 0 }
  const batches = createBatches(options, (rows) => {
    stats.dropped += rows
  })
  const classifiers = new WeakMap<Generation, Decider['classifier']>()
  let working: Promise<void> | null = null
  let isClosed = false
  let failed: number | null = null

  const classifierOf = (generation: Generation): Decider['classifier'] => {
    const known = classifiers.get(generation) ?? createClassifier(generation.classifier)
    classifiers.set(generation, known)
    return known
  }

  const take = (item: { decision: Decision; config: DecidedUnder }): void => {
    const generation = options.generation()
    if (generation === null) return
    // A row of another encoder cannot be compared with this generation's.
    if (item.decision.encoderId !== generation.manifest.encoderId) return
    try {
      const made = decideAgain({ generation, classifier: classifierOf(generation) }, item)
      const { id: decisionId } = item.decision
      batches.add({ decisionId, generation: generation.number, ...made, createdAtMs: now() })
      stats.decided += 1
    } catch (error) {
      stats.dropped += 1
      if (failed === generation.number) return
      failed = generation.number
      const { code, message } = toRouterError(error)
      const fields = { generation: generation.number, code, problem: message }
      logger.error(fields, 'The shadow could not decide.')
    }
  }

  const work = async (): Promise<void> => {
    for (;;) {
      await nextTurn()
      const item = queue.shift()
      if (item === undefined) return
      take(item)
    }
  }

  const flush = async (): Promise<void> => {
    await working
    await batches.flush()
  }

  return {
    offer: (decision, config) => {
      if (isClosed || options.generation() === null || !isComparable(decision)) return
      if (queue.length >= queueLimit) {
        stats.dropped += 1
        return
      }
      queue.push({ decision, config })
      working ??= work().finally(() => {
        working = null
      })
    },
    stats: () => ({ ...stats }),
    flush,
    close: async () => {
      isClosed = true
      await flush()
    },
  }
}
