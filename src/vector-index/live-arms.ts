// The generations that are tried beside the serving one, in memory: loaded and verified on the same poll, let go when
// their arm ends. One that cannot be loaded leaves its arm inactive; what serves is never touched from here.
import {
  type ArmName,
  type Arms,
  type Canary,
  inspectArms,
  type Shadow,
  staleReason,
} from './arms.ts'
import { type Failure, type FollowOptions, messageOf, nextFailure } from './follow.ts'
import type { Generation } from './generation.ts'
import { loadGeneration } from './generation-loader.ts'

export interface LiveCanary {
  generation: Generation
  arm: Canary
}

/** What has become of one arm in this process. */
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
  /** Looks at arms.json and loads what it names. Its calls must not overlap. */
  follow(isForced: boolean): Promise<void>
}

const NAMES: readonly ArmName[] = ['shadow', 'canary']

/** @param serving the generation in force, asked at every decision: an arm held against another takes no part */
export const createLiveArms = (
  options: FollowOptions,
  serving: () => Generation | null,
): LiveArms => {
  const { dir, logger } = options
  const loaded = new Map<number, Generation>()
  const failures = new Map<number, Failure>()
  let arms: Arms = { shadow: null, canary: null }
  let fileProblem: string | null = null

  const isFit = (name: ArmName, arm: Shadow | Canary): boolean => {
    const current = serving()?.number ?? null
    return current !== null && staleReason(name, arm, current) === null
  }

  const activeNumbers = (): Set<number> =>
    new Set(
      NAMES.flatMap((name) => {
        const arm = arms[name]
        return arm && isFit(name, arm) ? [arm.generation] : []
      }),
    )

  const isSkipped = (number: number): boolean => {
    const failure = failures.get(number)
    if (failure === undefined) return false
    failure.looksLeft -= 1
    return failure.looksLeft > 0
  }

  const load = async (number: number, isForced: boolean): Promise<void> => {
    if (loaded.has(number) || (!isForced && isSkipped(number))) return
    try {
      loaded.set(number, await loadGeneration(dir, number, options))
      failures.delete(number)
      logger.info({ generation: number }, 'Index generation is tried beside the serving one.')
    } catch (error) {
      const last = failures.get(number) ?? null
      const failure = nextFailure(last, number, messageOf(error))
      failures.set(number, failure)
      if (last?.message === failure.message) return
      const fields = { generation: number, problem: failure.message }
      logger.error(fields, 'An index generation that was to be tried cannot be loaded.')
    }
  }

  const release = (wanted: ReadonlySet<number>): void => {
    for (const number of loaded.keys()) {
      if (wanted.has(number)) continue
      loaded.delete(number)
      logger.info({ generation: number }, 'Index generation is no longer tried.')
    }
    for (const number of failures.keys()) if (!wanted.has(number)) failures.delete(number)
  }

  const follow = async (isForced: boolean): Promise<void> => {
    const { arms: next, problem } = await inspectArms(dir)
    if (problem !== null && problem !== fileProblem) logger.error({ problem }, 'No arms are tried.')
    fileProblem = problem
    arms = next
    const wanted = activeNumbers()
    release(wanted)
    for (const number of wanted) await load(number, isForced)
  }

  const active = <N extends ArmName>(
    name: N,
  ): { arm: NonNullable<Arms[N]>; generation: Generation } | null => {
    const arm = arms[name]
    if (!arm || !isFit(name, arm)) return null
    const generation = loaded.get(arm.generation)
    return generation ? { arm, generation } : null
  }

  const statusOf = (name: ArmName): ArmStatus | null => {
    const arm = arms[name]
    if (!arm) return null
    const isActive = active(name) !== null
    const stale = staleReason(name, arm, serving()?.number ?? null)
    const problem = stale ?? failures.get(arm.generation)?.message ?? 'It is not loaded yet.'
    return { generation: arm.generation, isActive, problem: isActive ? null : problem }
  }

  return {
    canary: () => active('canary'),
    shadow: () => active('shadow')?.generation ?? null,
    status: () => ({ shadow: statusOf('shadow'), canary: statusOf('canary') }),
    follow,
  }
}
