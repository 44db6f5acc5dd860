// Past prompts as the review sees them: the newest of the store, one for each text, judged by the generation that serves now.
import type { Config } from '../../config/config-schema.ts'
import { createClassifier } from '../../core/classifier/score.ts'
import { effectiveThresholds } from '../../core/decide/decide-route.ts'
import type { Matrix } from '../../core/linear/matrix.ts'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import type { Neighbour, Reason, RouteScore } from '../../core/types.ts'
import type { Store } from '../../store/store.ts'
import type { Generation } from '../../vector-index/generation.ts'
import { isUnitVector } from '../exemplars/unit-vector.ts'
import { predict, type Router } from '../rebuild/predict.ts'

const PAGE = 500
/** Newest distinct prompts: every one is compared with every other. */
export const MAX_PROMPTS = 5_000

/** Decisions that the prompt's own words made: a label on another one teaches nothing. */
const OWN_WORDS: ReadonlySet<Reason> = new Set([
  'matched',
  'below_threshold',
  'none_of_the_above',
  'unconfigured_route',
  'constrained',
  'experiment',
])

export interface PastPrompt {
  decisionId: string
  /** sha256 of the routing text, hex; the decision's id where no digest is stored. */
  digest: string
  /** Empty where it is not stored. */
  text: string
  embedding: Float32Array
  /** Taken then. */
  route: string
  reason: Reason
  neighbours: Neighbour[]
  /** Decisions with this text. */
  decisionIds: string[]
  usage: StoredDecision['completion']
}

export interface JudgedPrompt extends PastPrompt {
  /** By the generation that serves now, best first. */
  scores: RouteScore[]
  confidence: number
  threshold: number | null
  novelty: number
  /** Whether no route would be taken. */
  isUnrouted: boolean
}

const isUsable = (decision: StoredDecision, { manifest }: Generation): boolean => {
  const { embedding, encoderId, reason, routingText } = decision
  return (
    OWN_WORDS.has(reason) &&
    !decision.inherited &&
    routingText.hasSignal &&
    encoderId === manifest.encoderId &&
    embedding !== null &&
    isUnitVector(embedding, manifest)
  )
}

/** The newest usable prompts, newest first. @throws RouterError `store_unavailable` */
export const readPastPrompts = async (
  store: Pick<Store, 'listDecisions'>,
  generation: Generation,
): Promise<PastPrompt[]> => {
  const prompts = new Map<string, PastPrompt>()
  let before: string | undefined
  do {
    const page = await store.listDecisions({ limit: PAGE, ...(before && { before }) })
    for (const decision of page.decisions) {
      if (!isUsable(decision, generation)) continue
      const { id, routingText, embedding, route, reason, neighbours, completion } = decision
      // Without text and digest nothing says that two prompts are the same.
      const digest = routingText.digest || id
      const known = prompts.get(digest)
      if (known) known.decisionIds.push(id)
      else if (prompts.size < MAX_PROMPTS) {
        prompts.set(digest, {
          decisionId: id,
          digest,
          text: routingText.text,
          embedding: embedding as Float32Array,
          decisionIds: [id],
          usage: completion,
          ...{ route, reason, neighbours },
        })
      }
    }
    before = page.nextCursor ?? undefined
  } while (before !== undefined && prompts.size < MAX_PROMPTS)
  return [...prompts.values()]
}

const routerOf = (generation: Generation, config: Config): Router => ({
  index: generation.index,
  exemplars: generation.exemplars,
  vectors: generation.vectors,
  classifier: createClassifier(generation.classifier),
  thresholds: effectiveThresholds(config.routes, generation.classifier.thresholds),
  routes: new Set(Object.keys(config.routes)),
  neighbours: config.index.neighbours,
})

/** Each prompt decided anew, so that what newer exemplars have settled is no longer doubtful. */
export const judgePrompts = (
  prompts: readonly PastPrompt[],
  generation: Generation,
  config: Config,
): JudgedPrompt[] => {
  const router = routerOf(generation, config)
  return prompts.map((prompt) => {
    const row = { label: '', text: prompt.text, vector: prompt.embedding, hasSignal: true }
    const { scores, confidence, novelty, route } = predict(row, router)
    const best = Object.entries(scores)
      .map(([name, score]) => ({ route: name, score }))
      .sort((a, b) => b.score - a.score)
    const threshold = router.thresholds[best[0]?.route ?? ''] ?? null
    return { ...prompt, scores: best, confidence, threshold, novelty, isUnrouted: route === null }
  })
}

/** The sentence embeddings of prompts, or of any whole rows. */
export const sentenceRows = (rows: readonly Float32Array[], searchDimensions: number): Matrix => {
  const data = new Float32Array(rows.length * searchDimensions)
  rows.forEach((row, i) => {
    data.set(row.subarray(0, searchDimensions), i * searchDimensions)
  })
  return { rows: rows.length, cols: searchDimensions, data }
}
