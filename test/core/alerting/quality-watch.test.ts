import { describe, expect, it } from 'vitest'
import {
  BASELINE_ROWS,
  createQualityWatch,
  type QualityKind,
  type QualityWatch,
} from '../../../src/core/alerting/quality-watch.ts'
import { shapeOf } from '../../../src/core/alerting/traffic-shape.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { OTHER_SETS, ordinary } from './made-traffic.ts'

const HELD_OUT_ROWS = 800

/** By seed. */
const heldOutShapes = new Map<number, ReturnType<typeof makeHeldOut>>()

const heldOut = (seed: number) => {
  const shape = heldOutShapes.get(seed) ?? makeHeldOut(seed)
  heldOutShapes.set(seed, shape)
  return shape
}

const makeHeldOut = (seed: number) => {
  const random = createRandom(seed)
  return shapeOf(Array.from({ length: HELD_OUT_ROWS }, () => ordinary(random)))
}

/** Rows until an alarm of the kind, with a quarter of them out of another set; null where `most` raise none. */
const rowsUntil = (kind: QualityKind, set: string, seed: number, most = 500): number | null => {
  const random = createRandom(seed)
  const watch = createQualityWatch(heldOut(seed + 1_000))
  for (let n = 0; n < 2_000; n++) watch.add(ordinary(random))
  const other = OTHER_SETS[set] as (typeof OTHER_SETS)[string]
  for (let n = 1; n <= most; n++) {
    watch.add(random() < 0.25 ? other(random) : ordinary(random))
    if (watch.alarms().some((alarm) => alarm.kind === kind)) return n
  }
  return null
}

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed)

describe('a quarter of the traffic out of another set', () => {
  it.each<[QualityKind, string]>([
    ['abstention', 'foreign'],
    ['novelty', 'foreign'],
    ['confidence_drift', 'foreign'],
    ['confidence_drift', 'unsure'],
    ['prompt_drift', 'terse'],
    ['route_drift', 'one_sided'],
    ['entropy_drop', 'one_sided'],
  ])('raises %s within 500 prompts of the set "%s", whatever the draw', (kind, set) => {
    const rows = SEEDS.map((seed) => rowsUntil(kind, set, seed))
    expect(rows).not.toContain(null)
  })
})

/** Alarms that began. */
const countBeginnings = (watch: QualityWatch, days: number, perDay: number, seed: number) => {
  const random = createRandom(seed)
  let before = new Set<string>()
  const begun: string[] = []
  for (let n = 0; n < days * perDay; n++) {
    watch.add(ordinary(random, ((n % perDay) / perDay) * 24))
    if (n % 20 !== 0) continue
    const now = new Set(watch.alarms().map(({ kind, subject }) => `${kind} ${subject}`))
    begun.push(...[...now].filter((key) => !before.has(key)))
    before = now
  }
  return begun
}

describe('traffic as it was', () => {
  it('raises at most one alarm in thirty days of 4,000 prompts, by day and by night', () => {
    for (const seed of [1, 2, 3]) {
      const watch = createQualityWatch(heldOut(seed))
      expect(countBeginnings(watch, 30, 4_000, seed + 500).length).toBeLessThanOrEqual(1)
    }
  })

  it('is its own baseline where there are no held-out prompts', () => {
    const watch = createQualityWatch(null)
    expect(watch.missing).toBe(BASELINE_ROWS)
    expect(countBeginnings(watch, 10, 4_000, 7).length).toBeLessThanOrEqual(1)
    expect(watch.missing).toBe(0)
  })
})

it('takes an alarm back once the traffic is as it was', () => {
  const random = createRandom(5)
  const watch = createQualityWatch(heldOut(6))
  const other = OTHER_SETS.foreign as (typeof OTHER_SETS)[string]
  for (let n = 0; n < 500; n++) watch.add(random() < 0.25 ? other(random) : ordinary(random))
  expect(watch.alarms()).not.toEqual([])
  for (let n = 0; n < 3_000; n++) watch.add(ordinary(random))
  expect(watch.alarms()).toEqual([])
})
