// The parts of an evaluation that embed further texts: rewritten prompts, and pairs of paraphrases.

import { createRandom } from '../../../src/core/statistics/random.ts'
import type { EvalReport } from '../../../src/quality/evaluation/eval-report.ts'
import type { Prediction } from '../../../src/quality/evaluation/evaluate-file.ts'
import { type FlipReport, flipReport } from '../../../src/quality/evaluation/flips.ts'
import { readPairs } from '../../../src/quality/evaluation/pair-file.ts'
import { pairReport } from '../../../src/quality/evaluation/pairs.ts'
import { rewritingsOf } from '../../../src/quality/evaluation/rewritings.ts'
import type { Router } from '../../../src/training/rebuild/predict.ts'
import type { EvalSession } from './session.ts'

export interface MeasureInput {
  session: EvalSession
  router: Router
  seed: number
}

/** Rewrites `prompts` of the predicted rows and predicts them again. */
export const measureFlips = async (
  { session, router, seed }: MeasureInput,
  predictions: readonly Prediction[],
  prompts: number,
): Promise<{ perturbed: FlipReport; adversarial: FlipReport }> => {
  const texts = predictions.map(({ text }) => text)
  const rewritings = rewritingsOf(texts, { prompts, seed, routes: [...router.routes] })
  const rows = rewritings.map(({ row, text }) => ({ text, label: predictions[row]?.label ?? '' }))
  const after = await session.predict(rows, router, 'Embedding rewritten prompts')
  const reportOf = (isAdversarial: boolean) =>
    flipReport(
      rewritings.flatMap((rewriting, i) => {
        const before = predictions[rewriting.row]
        const now = after[i]
        if (!before || !now || rewriting.isAdversarial !== isAdversarial) return []
        const { row, kind } = rewriting
        const routes = { before: before.route, after: now.route }
        const knn = { knnBefore: before.knnRoute, knnAfter: now.knnRoute }
        return [{ row, kind, label: before.label, ...routes, ...knn }]
      }),
      createRandom(seed),
    )
  return { perturbed: reportOf(false), adversarial: reportOf(true) }
}

/** Predicts both prompts of every pair. */
export const measurePairs = async (
  { session, router, seed }: MeasureInput,
  file: string,
): Promise<EvalReport['pairs']> => {
  const pairs = await readPairs(file)
  const rows = pairs.flatMap(({ a, b, route }) =>
    [a, b].map((text) => ({ text, label: route ?? '' })),
  )
  const predictions = await session.predict(rows, router, 'Embedding pairs')
  const observations = pairs.flatMap(({ route }, i) => {
    const a = predictions[2 * i]
    const b = predictions[2 * i + 1]
    if (!a || !b) return []
    const decided = { a: a.route, b: b.route, topA: a.top, topB: b.top }
    return [{ label: route, ...decided, knnA: a.knnRoute, knnB: b.knnRoute }]
  })
  const report = pairReport(observations, createRandom(seed))
  return report && { file, ...report }
}
