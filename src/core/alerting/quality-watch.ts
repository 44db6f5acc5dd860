// Detects drift of the traffic of a generation: its confidence, the routes that prompts take, and how many fit no route.
// Each decision is added as it is made, which costs a few additions.
import { percent } from '../statistics/percent.ts'
import { createEntropyWindow } from './entropy-window.ts'
import { createPositionWatch, type PositionWatch } from './position-watch.ts'
import { createRateWatch, type RateWatch } from './rate-watch.ts'
import {
  addToShape,
  binOf,
  CONFIDENCE_BINS,
  emptyShape,
  entropyOf,
  type ShapeRow,
  type TrafficShape,
} from './traffic-shape.ts'

export type QualityKind =
  | 'abstention'
  | 'novelty'
  | 'confidence_drift'
  | 'prompt_drift'
  | 'route_drift'
  | 'entropy_drop'

export interface QualityAlarm {
  kind: QualityKind
  /** The route that it is about, else ''. */
  subject: string
  summary: string
}

export interface QualityWatch {
  add(row: ShapeRow): void
  alarms(): QualityAlarm[]
  /** Rows that the baseline still needs; 0 once alarms can be raised. */
  readonly missing: number
}

/** Log-likelihood ratio (nats) that raises an alarm: with some twenty watches at most one false alarm in 60,000 rows (Lorden 1971). */
const EVIDENCE = 14
/** Standard errors by which the shares of a baseline of a few hundred rows may be off. */
const ERRORS = 2
/** Change that is looked for: this share of the rows that were otherwise. */
const FEARED_SHARE = 0.15
const FEARED_ROUTE_SHARE = 0.2
/** Routes with a smaller share are not watched for a decrease. */
const LEAST_ROUTE_SHARE = 0.03
/** Relative decrease of entropy that, together with a route that grew, raises `entropy_drop`. */
const ENTROPY_FALL = 0.04
/** Rows of a baseline that is taken from traffic; fewer estimate rare events too badly. */
export const BASELINE_ROWS = 1_000

interface Watched {
  kind: QualityKind
  subject: string
  watch: RateWatch
  /** Set on a watch for the growth of a route. */
  isGrowth?: boolean
  happened(row: ShapeRow): boolean
  summary: string
}

/** Uncertainty of a share that was counted over `rows` rows. */
const standardErrors = (share: number, rows: number): number =>
  ERRORS * Math.sqrt((share * (1 - share)) / rows)

const more = ({ counted, rows }: { counted: number; rows: number }, feared: number): RateWatch => {
  const share = counted / rows
  const expected = Math.min(1, share + standardErrors(share, rows))
  return createRateWatch({
    expected,
    feared: expected + feared * (1 - expected),
    evidence: EVIDENCE,
  })
}

const fewer = (counted: number, rows: number): RateWatch => {
  const share = counted / rows
  const expected = Math.max(0, share - standardErrors(share, rows))
  return createRateWatch({ expected, feared: expected / 4, evidence: EVIDENCE })
}

const outcomeWatches = ({ rows, abstained, novel }: TrafficShape): Watched[] => [
  {
    kind: 'abstention',
    subject: '',
    watch: more({ counted: abstained, rows }, FEARED_SHARE),
    happened: ({ isAbstained }) => isAbstained,
    summary: `More prompts fit no route than the ${percent(abstained / rows)} that did.`,
  },
  {
    kind: 'novelty',
    subject: '',
    watch: more({ counted: novel, rows }, FEARED_SHARE),
    happened: ({ isNovel }) => isNovel,
    summary: `More prompts are unlike all exemplars than the ${percent(novel / rows)} that were.`,
  },
]

/** One watch for each tenth of confidence, as long as most rows lie above it. */
const confidenceWatches = ({ rows, confidence }: TrafficShape): Watched[] => {
  let below = 0
  return confidence.slice(0, CONFIDENCE_BINS - 1).flatMap((count, bin) => {
    below += count
    const share = below / rows
    if (share > 0.6) return []
    const limit = (bin + 1) / CONFIDENCE_BINS
    return {
      kind: 'confidence_drift' as const,
      subject: '',
      watch: more({ counted: below, rows }, FEARED_SHARE),
      happened: (row: ShapeRow) => binOf(row.confidence) <= bin,
      summary: `More prompts have a confidence below ${limit} than the ${percent(share)} that did.`,
    }
  })
}

const routeWatches = ({ rows, routes }: TrafficShape): Watched[] =>
  Object.entries(routes).flatMap(([route, count]) => {
    const share = count / rows
    const happened = ({ top }: ShapeRow): boolean => top === route
    const common = { kind: 'route_drift' as const, subject: route, happened }
    const was = `the ${percent(share)} that it was`
    const up: Watched = {
      ...common,
      isGrowth: true,
      watch: more({ counted: count, rows }, FEARED_ROUTE_SHARE),
      summary: `${route} is the best route of more prompts than ${was}.`,
    }
    if (share < LEAST_ROUTE_SHARE) return [up]
    const down: Watched = {
      ...common,
      watch: fewer(count, rows),
      summary: `${route} is the best route of far fewer prompts than ${was}.`,
    }
    return [up, down]
  })

const alarmsOf = (watched: readonly Watched[]): QualityAlarm[] => {
  const found = new Map<string, QualityAlarm>()
  for (const { kind, subject, watch, summary } of watched) {
    if (watch.isAlarmed) found.set(`${kind} ${subject}`, { kind, subject, summary })
  }
  return [...found.values()]
}

/**
 * Detects a router that sends nearly all prompts to one route, which no other figure shows. Begins when a route has grown
 * significantly and the entropy of the routes is below the baseline's; ends when no route's growth is significant any more.
 */
const createEntropyAlarm = (watched: readonly Watched[], expected: number) => {
  const window = createEntropyWindow()
  let fallen: number | null = null
  return {
    add: window.add,
    alarms: (): QualityAlarm[] => {
      const entropy = window.entropy()
      const hasGrown = watched.some(({ isGrowth, watch }) => isGrowth && watch.isAlarmed)
      if (!hasGrown) fallen = null
      else if (entropy !== null && entropy < expected * (1 - ENTROPY_FALL)) fallen = entropy
      if (fallen === null) return []
      const summary = `Prompts take fewer routes: entropy ${fallen.toFixed(2)}, where it was ${expected.toFixed(2)}.`
      return [{ kind: 'entropy_drop', subject: '', summary }]
    },
  }
}

const positionAlarms = (watch: PositionWatch | null): QualityAlarm[] => {
  const summary = watch?.alarm() ?? null
  return summary === null ? [] : [{ kind: 'prompt_drift', subject: '', summary }]
}

/** Watches against a known baseline. */
const watchAgainst = (shape: TrafficShape): Pick<QualityWatch, 'add' | 'alarms'> => {
  const watched = [...outcomeWatches(shape), ...confidenceWatches(shape), ...routeWatches(shape)]
  const entropy = createEntropyAlarm(watched, entropyOf(shape.routes))
  const positions = shape.positions && createPositionWatch(shape.positions)
  return {
    add: (row) => {
      for (const { watch, happened } of watched) watch.add(happened(row))
      if (row.top !== null) entropy.add(row.top)
      if (row.position !== null) positions?.add(row.position)
    },
    alarms: () => [...alarmsOf(watched), ...positionAlarms(positions), ...entropy.alarms()],
  }
}

/** @param baseline shape of earlier traffic; null: the first `BASELINE_ROWS` rows become the baseline */
export const createQualityWatch = (baseline: TrafficShape | null): QualityWatch => {
  let against = baseline && watchAgainst(baseline)
  const seen = emptyShape()
  return {
    add: (row) => {
      if (against !== null) return against.add(row)
      addToShape(seen, row)
      if (seen.rows === BASELINE_ROWS) against = watchAgainst(seen)
    },
    alarms: () => against?.alarms() ?? [],
    get missing() {
      return against === null ? BASELINE_ROWS - seen.rows : 0
    },
  }
}
