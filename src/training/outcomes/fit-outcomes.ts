// The outcome model of a generation: fitted on three quarters of the prompts, measured on the others, which no generation is ever
// fitted on, and kept only if it reaches its targets there.
import { createHash } from 'node:crypto'
import { takeRows } from '../../core/linear/matrix.ts'
import { unseenOf } from '../../core/outcomes/learned-outcomes.ts'
import { estimateOutcomes, fitOutcomeModel } from '../../core/outcomes/outcome-model.ts'
import { withNearby } from '../../core/outcomes/outcome-predictor.ts'
import { takeOutcomes } from '../../core/outcomes/outcome-table.ts'
import type { OutcomesFile } from '../../core/outcomes/outcomes-file.ts'
import type { LearnedReport, LearnedRoute } from '../../vector-index/learned-report.ts'
import { type KeptOutcomes, outcomesDigest } from './gather-outcomes.ts'
import { judgeRoute } from './outcomes-gate.ts'

/** A route that chooses by outcomes. */
export interface RouteAim {
  route: string
  models: readonly string[]
  /** Share of the best model's quality to keep; 1 where a route has a budget instead. */
  quality: number
}

export interface FittedOutcomes {
  /** Null where it misses its targets, or there are too few prompts. */
  artefact: OutcomesFile | null
  report: LearnedReport
}

/** Least number of prompts. */
export const LEAST_PROMPTS = 120
/** Known prompts that a decision compares with. With 3,000 it took 1.1 ms on a busy machine, a millisecond is allowed. */
export const MOST_NEARBY = 2_000

/** By a hash of the prompt's id, so that no generation is fitted on prompts that another is measured on. */
const isHeldOut = (id: string): boolean =>
  (createHash('sha256').update(`outcome ${id}`).digest()[0] as number) < 64

/** At most `MOST_NEARBY` prompts; served requests are preferred to imported prompts. */
const nearbyOf = (isServed: readonly boolean[], known: Int32Array): Int32Array => {
  const numbers = [...known.keys()]
  const served = numbers.filter((i) => isServed[known[i] as number])
  const others = numbers.filter((i) => !isServed[known[i] as number])
  return Int32Array.from([...served, ...others].slice(0, MOST_NEARBY))
}

/** What a rebuild fits, whether it holds what it promises or not. Blocks its thread for seconds. */
export const fitHeldOut = (
  { ids, rows, table, isServed }: Omit<KeptOutcomes, 'foreign'>,
  { split, seed }: { split: number; seed: number },
): OutcomesFile => {
  const numbers = ids.map((_, i) => i)
  const known = Int32Array.from(numbers.filter((i) => !isHeldOut(ids[i] as string)))
  const held = Int32Array.from(numbers.filter((i) => isHeldOut(ids[i] as string)))
  const whole = fitOutcomeModel({
    rows: takeRows(rows, known),
    table: takeOutcomes(table, known),
    ...{ split, seed },
  })
  const model = withNearby(whole, nearbyOf(isServed, known))
  const { quality, halfWidth, cost } = estimateOutcomes(model, takeRows(rows, held))
  const { scores, costs, labels } = takeOutcomes(table, held)
  return { model, heldOut: { labels: [...labels], quality, halfWidth, cost, scores, costs } }
}

const reportOf = (
  kept: KeptOutcomes,
  artefact: OutcomesFile,
  routes: LearnedRoute[],
): LearnedReport => {
  const bad = routes.find(({ verdict }) => verdict === 'refused')
  const { data } = kept.table.scores
  return {
    verdict: bad ? 'refused' : 'passed',
    reason: bad ? `${bad.route}: ${bad.reason}` : 'It keeps its targets on held-out prompts.',
    digest: outcomesDigest(kept),
    models: [...kept.table.models],
    prompts: kept.ids.length,
    heldOut: artefact.heldOut.labels.length,
    measuredShare: data.filter((value) => !Number.isNaN(value)).length / data.length,
    foreign: kept.foreign,
    routes,
  }
}

/**
 * Blocks its thread for seconds.
 * @param kept null where fewer than two models have enough outcomes
 * @returns null where no route selects by outcomes, or there are none
 */
export const fitOutcomes = (
  kept: KeptOutcomes | null,
  { aims, ...options }: { aims: readonly RouteAim[]; split: number; seed: number },
): FittedOutcomes | null => {
  if (kept === null || kept.ids.length < LEAST_PROMPTS) return null
  const artefact = fitHeldOut(kept, options)
  const routes = aims.flatMap((aim) => {
    const unseen = unseenOf({ models: artefact.model.models, heldOut: artefact.heldOut }, aim)
    return unseen ? [judgeRoute(aim, unseen)] : []
  })
  const report = reportOf(kept, artefact, routes)
  return { artefact: report.verdict === 'passed' ? artefact : null, report }
}
