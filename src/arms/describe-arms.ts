// Describes the arms and their results, for the terminal and the API, from the folder and the database alone, so that both agree.
import type { ShadowSummary } from '../core/records/arm-records.ts'
import type { Store } from '../store/store.ts'
import {
  type ArmName,
  type Canary,
  readArms,
  type Shadow,
  staleReason,
} from '../vector-index/arms.ts'
import { currentGeneration } from '../vector-index/generation-store.ts'
import { type CanarySettings, type CanaryVerdict, createCanaryJudge } from './canary-verdict.ts'
import { readVotes } from './canary-watch.ts'

export interface DescribedShadow extends Shadow {
  summary: ShadowSummary
  /** Why it takes no part; null where it does, by the folder's state. */
  problem: string | null
}

export interface DescribedCanary extends Canary {
  verdict: CanaryVerdict
  problem: string | null
}

export interface DescribedArms {
  current: number | null
  shadow: DescribedShadow | null
  canary: DescribedCanary | null
}

export interface DescribeArmsOptions {
  dir: string
  /** Null where there is no database yet. */
  store: Pick<Store, 'listArmVotes' | 'shadowSummary'> | null
  settings: CanarySettings
  /** A running server's problems with loading an arm. */
  problems?: Partial<Record<ArmName, string | null>>
}

const NOTHING_SHADOWED: ShadowSummary = { decisions: 0, differing: 0, moves: [], examples: [] }

const judged = async (
  canary: Canary,
  { store, settings }: DescribeArmsOptions,
): Promise<CanaryVerdict> => {
  const judge = createCanaryJudge(canary, settings)
  if (store !== null) {
    for await (const votes of readVotes(store, canary, canary.startedAtMs)) judge.add(votes)
  }
  return judge.verdict()
}

/** @throws RouterError `index_invalid` where the pointer is damaged, `store_unavailable` */
export const describeArms = async (options: DescribeArmsOptions): Promise<DescribedArms> => {
  const { dir, store, problems = {} } = options
  const { shadow, canary } = await readArms(dir)
  const current = await currentGeneration(dir)
  return {
    current,
    shadow: shadow && {
      ...shadow,
      summary: (await store?.shadowSummary(shadow.generation)) ?? NOTHING_SHADOWED,
      problem: staleReason('shadow', shadow, current) ?? problems.shadow ?? null,
    },
    canary: canary && {
      ...canary,
      verdict: await judged(canary, options),
      problem: staleReason('canary', canary, current) ?? problems.canary ?? null,
    },
  }
}
