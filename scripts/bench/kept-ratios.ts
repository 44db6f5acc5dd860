// The ratios of an earlier run, kept in the repository (kept-ratios.json), and what of a new run is slower. All are to something
// measured in the same run, since milliseconds of two machines, or of two hours of one, say nothing about each other.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../src/config/project-root.ts'
import type { GrowthReport } from './growth.ts'
import type { StageReport } from './stages.ts'

/** By what they are of, such as `10 tokens, search ÷ stock`. */
export type Ratios = Record<string, number>

/** Two quiet runs differ by less than this much. */
const SAME = 1.15
/** Stages below this share of the stock way are too short to be compared. */
const LEAST_SHARE = 0.02

const FILE = join(projectRoot(), 'scripts', 'bench', 'kept-ratios.json')

const stageRatios = ({ tokens, cold, stockWay }: StageReport): [string, number][] =>
  Object.entries(cold).map(([stage, { p50 }]) => [
    `${tokens} tokens, ${stage} ÷ stock`,
    p50 / stockWay.p50,
  ])

export const ratiosOf = (
  stages: readonly StageReport[],
  growth: readonly Pick<GrowthReport, 'tokens' | 'ratio'>[],
): Ratios =>
  Object.fromEntries([
    ...stages.flatMap(stageRatios),
    ...growth.map(({ tokens, ratio }) => [`${tokens} tokens, 10,000 ÷ 100 exemplars`, ratio]),
  ])

export interface Change {
  what: string
  kept: number
  now: number
}

/** Ratios that are in both runs and differ by more than two quiet runs do. */
export const changes = (kept: Ratios, now: Ratios): { slower: Change[]; faster: Change[] } => {
  const both = Object.entries(now).flatMap(([what, ratio]) => {
    const before = kept[what]
    return before === undefined ? [] : [{ what, kept: before, now: ratio }]
  })
  const measurable = both.filter((change) => Math.max(change.kept, change.now) >= LEAST_SHARE)
  return {
    slower: measurable.filter((change) => change.now > change.kept * SAME),
    faster: measurable.filter((change) => change.now * SAME < change.kept),
  }
}

const line = ({ what, kept, now }: Change): string =>
  `${what}: ${kept.toFixed(2)} → ${now.toFixed(2)}`

export const describeChanges = (kept: Ratios, now: Ratios): string[] => {
  const { slower, faster } = changes(kept, now)
  return [
    'Against the ratios of scripts/bench/kept-ratios.json:',
    ...slower.map((change) => `  SLOWER ${line(change)}`),
    ...faster.map((change) => `  faster ${line(change)}`),
    ...(slower.length === 0 ? ['  nothing is slower'] : []),
  ]
}

export const readKept = (): Ratios => JSON.parse(readFileSync(FILE, 'utf8')) as Ratios

/** What this run did not measure stays as it was. */
export const keep = (now: Ratios): void => {
  const rounded = Object.entries(now).map(([what, ratio]) => [what, Number(ratio.toFixed(3))])
  const all = { ...readKept(), ...Object.fromEntries(rounded) }
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`)
}
