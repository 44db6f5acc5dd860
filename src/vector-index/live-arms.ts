// The arms of arms.json with their generations in memory, loaded and verified on the same poll as the serving one, and released when
// their arm ends. An arm whose generation cannot be loaded is inactive; the serving generation is never changed from here.

import { createArmGenerations } from './arm-generations.ts'
import {
  type ArmName,
  type Arms,
  type Canary,
  inspectArms,
  type Shadow,
  staleReason,
} from './arms.ts'
import type { FollowOptions } from './follow.ts'
import type { Generation } from './generation.ts'

export interface LiveCanary {
  generation: Generation
  arm: Canary
}

/** State of one arm in this process. */
export interface ArmStatus {
  generation: number
  isActive: boolean
  /** Why it takes no part in decisions; null where it does. */
  problem: string | null
}

export type ArmsStatus = Record<ArmName, ArmStatus | null>

export interface LiveArms {
  canary(): LiveCanary | null
  shadow(): Generation | null
  status(): ArmsStatus
  /** Reads arms.json and loads its generations. Calls must not overlap. */
  follow(isForced: boolean): Promise<void>
}

const NAMES: readonly ArmName[] = ['shadow', 'canary']

/** Generations of the arms that are compared with `serving`. */
const numbersComparedWith = (arms: Arms, serving: number | null): Set<number> =>
  new Set(
    NAMES.flatMap((name) => {
      const arm = arms[name]
      return arm && isComparedWith(name, arm, serving) ? [arm.generation] : []
    }),
  )

const isComparedWith = (name: ArmName, arm: Shadow | Canary, serving: number | null): boolean =>
  serving !== null && staleReason(name, arm, serving) === null

/** @param serving the serving generation, read at every decision: an arm that is compared with another takes no part */
export const createLiveArms = (
  options: FollowOptions,
  serving: () => Generation | null,
): LiveArms => {
  const generations = createArmGenerations(options)
  let arms: Arms = { shadow: null, canary: null }
  let fileProblem: string | null = null

  const servingNumber = (): number | null => serving()?.number ?? null
  const active = <N extends ArmName>(
    name: N,
  ): { arm: NonNullable<Arms[N]>; generation: Generation } | null => {
    const arm = arms[name]
    if (!arm || !isComparedWith(name, arm, servingNumber())) return null
    const generation = generations.get(arm.generation)
    return generation ? { arm, generation } : null
  }
  const statusOf = (name: ArmName): ArmStatus | null => {
    const arm = arms[name]
    if (!arm) return null
    const isActive = active(name) !== null
    const stale = staleReason(name, arm, servingNumber())
    const problem = stale ?? generations.problem(arm.generation) ?? 'It is not loaded yet.'
    return { generation: arm.generation, isActive, problem: isActive ? null : problem }
  }
  return {
    canary: () => active('canary'),
    shadow: () => active('shadow')?.generation ?? null,
    status: () => ({ shadow: statusOf('shadow'), canary: statusOf('canary') }),
    follow: async (isForced) => {
      const { arms: next, problem } = await inspectArms(options.dir)
      if (problem !== null && problem !== fileProblem) {
        options.logger.error({ problem }, 'No shadow or canary takes part.')
      }
      fileProblem = problem
      arms = next
      await generations.keep(numbersComparedWith(arms, servingNumber()), isForced)
    },
  }
}
