// Why another model than the decided one was called: the failure of that one's first call, or why it was not called.
import type { Attempt } from '../../core/types.ts'
import type { TargetHealth } from '../resilience/target-health.ts'

const restOf = ({ view }: TargetHealth): string => {
  const { breaker, cooldownMs } = view()
  if (cooldownMs > 0) return 'cooling down'
  return breaker === 'closed' ? 'passed over' : 'breaker open'
}

/** Null where the decided model was called last, or none was called. Contains models and codes, never texts. */
export const fallbackCause = (
  wanted: string,
  attempts: readonly Attempt[],
  targetHealth: (model: string) => TargetHealth,
): string | null => {
  const last = attempts.at(-1)
  if (!last || last.model === wanted) return null
  const first = attempts.find(({ model }) => model === wanted)
  if (!first) return `${wanted}: ${restOf(targetHealth(wanted))}`
  const { errorCode, status } = first
  return `${wanted}: ${errorCode}${status === null ? '' : ` ${status}`}`
}
