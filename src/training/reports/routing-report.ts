// How a generation routes its held-out prompts, route by route: kept with its report, since the manifest holds sums alone.
import { z } from 'zod'
import { type ConfusionMatrix, confusionMatrix } from '../../core/classifier/confusion-matrix.ts'
import { type EvaluationRow, judgedRows } from '../../core/classifier/evaluate.ts'
import { reliabilityOf } from '../../core/statistics/calibration.ts'
import { NONE_ROUTE } from '../../core/types.ts'

export const routingReportSchema = z.object({
  /** As in `ConfusionMatrix`. */
  names: z.array(z.string()),
  counts: z.array(z.array(z.int().nonnegative())),
  /** Ten bins of equal mass. */
  bins: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      rows: z.int(),
      confidence: z.number(),
      accuracy: z.number(),
    }),
  ),
})

export type RoutingReport = z.infer<typeof routingReportSchema>

export const routingReport = (rows: readonly EvaluationRow[]): RoutingReport => ({
  ...confusionMatrix(rows),
  bins: reliabilityOf(judgedRows(rows), { binning: 'mass' }).bins,
})

export interface RouteQuality {
  route: string
  /** Null where the route was never taken. */
  precision: number | null
  /** Null where no row has this label. */
  recall: number | null
  /** Rows with this label. */
  rows: number
  /** The route it is most mistaken for, or that is most mistaken for it, and how often; null where it is not mistaken. */
  rival: { route: string; rows: number } | null
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const qualityAt = ({ names, counts }: ConfusionMatrix, i: number): RouteQuality => {
  const at = (line: number, column: number): number => counts[line]?.[column] ?? 0
  const right = at(i, i)
  let [rows, taken] = [0, 0]
  let rival: RouteQuality['rival'] = null
  names.forEach((route, j) => {
    rows += at(i, j)
    taken += at(j, i)
    const mistaken = at(i, j) + at(j, i)
    if (j === i || route === NONE_ROUTE || mistaken <= (rival?.rows ?? 0)) return
    rival = { route, rows: mistaken }
  })
  const route = names[i] as string
  return { route, precision: share(right, taken), recall: share(right, rows), rows, rival }
}

/** Precision, recall and nearest rival of each route; what belongs to none is no route. */
export const routeQualities = (report: ConfusionMatrix): Map<string, RouteQuality> =>
  new Map(
    report.names.flatMap((name, i) =>
      name === NONE_ROUTE ? [] : [[name, qualityAt(report, i)] as const],
    ),
  )
