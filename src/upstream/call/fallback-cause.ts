// Why a model other than the decision's was called: the failure of the first call to the decision's, or why it was not called.
import type { Attempt } from '../../core/types.ts'
import type { TargetHealth } from '../resilience/target-health.ts'

const restOf = ({ view }: TargetHealth): string => {
  const { breaker, cooldownMs } = view()
  if (cooldownMs > 0) return 'cooling down'
  return breaker === 'closed' ? 'passed over' : 'breaker open'
}

/** Null where the decided model was called last, or none was called. Contains models and codes, never texts. */
export const fallbackCause = (
  decided: string,
  attempts: readonly Attempt[],
  targetHealth: (model: string) => TargetHealth,
): string | null => {
  const last = attempts.at(-1)
  if (!last || last.model === decided) return null
  const first = attempts.find(({ model }) => model === decided)
  if (!first) return `${decided}: ${restOf(targetHealth(decided))}`
  const { errorCode, status } = first
  return `${decided}: ${errorCode}${status === null ? '' : ` ${status}`}`
}
