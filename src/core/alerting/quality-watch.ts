// Whether prompts still look to a generation as they did: how sure it is of them, which routes they take, how many fit none.
// Told of each decision as it is made; what it costs is a few additions.
import { createEntropyWindow } from './entropy-window.ts'
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
  /** Rows that the baseline still lacks; 0 where alarms can be raised. */
  readonly missing: number
}

/** Natural logarithm: with some twenty watches, one false alarm in more than 60,000 rows by Lorden's bound, and far fewer in fact. */
const EVIDENCE = 14
/** A baseline of a few hundred rows is off by so many standard errors at the most, for all its shares together. */
const ERRORS = 2
/** What of the rows that were otherwise is feared to be so now. */
const FEARED_SHARE = 0.15
const FEARED_ROUTE_SHARE = 0.2
/** Rarer routes are not missed, however rare they become. */
const LEAST_ROUTE_SHARE = 0.03
/** A route that grew is a fall of entropy where this share of it is gone. */
const ENTROPY_FALL = 0.04
/** Baseline of traffic: fewer rows say too little of what is rare. */
export const BASELINE_ROWS = 1_000

interface Watched {
  kind: QualityKind
  subject: string
  watch: RateWatch
  /** Of a route: whether it is watched for growing. */
  isGrowth?: boolean
  happened(row: ShapeRow): boolean
  summary: string
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** A share that was counted in so few rows may be so much larger or smaller in truth. */
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

/** One for each tenth of confidence, as long as most rows lie above it. */
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
 * A router that sends all prompts to one model saves or costs nothing, and nothing else tells of it. The test is that of the
 * route that grew; its growth is a fall once the routes together have become fewer, and until it has gone back.
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

/** Against a known shape. */
const watchAgainst = (shape: TrafficShape): Pick<QualityWatch, 'add' | 'alarms'> => {
  const watched = [...outcomeWatches(shape), ...confidenceWatches(shape), ...routeWatches(shape)]
  const entropy = createEntropyAlarm(watched, entropyOf(shape.routes))
  return {
    add: (row) => {
      for (const { watch, happened } of watched) watch.add(happened(row))
      if (row.top !== null) entropy.add(row.top)
    },
    alarms: () => [...alarmsOf(watched), ...entropy.alarms()],
  }
}

/** @param baseline what prompts looked like; null: the first `BASELINE_ROWS` rows are taken for it */
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
