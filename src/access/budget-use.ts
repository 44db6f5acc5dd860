// How much of their budgets keys have used, all keys together: the metrics name no key, as there may be any number of them.
import type { GatewayKey, LimitSpan, Usage } from '../core/decide/gateway-key.ts'
import { limitsIn } from './meter.ts'

export interface BudgetUse {
  span: LimitSpan
  /** The largest share of its budget that a key has used; above 1 where the last answer cost more than was left. */
  highest: number
  /** Keys whose budget is used up. */
  exhausted: number
}

/** Of each span for which a key has a budget. */
export const budgetUse = (
  keys: readonly GatewayKey[],
  usage: (keyId: string) => Record<LimitSpan, Usage>,
): BudgetUse[] => {
  const bySpan = new Map<LimitSpan, BudgetUse>()
  for (const { id, limits } of keys) {
    for (const { unit, span, most } of limitsIn(limits)) {
      if (unit !== 'budget_usd') continue
      const share = most > 0 ? usage(id)[span].budget_usd / most : 1
      const found = bySpan.get(span) ?? { span, highest: 0, exhausted: 0 }
      found.highest = Math.max(found.highest, share)
      if (share >= 1) found.exhausted += 1
      bySpan.set(span, found)
    }
  }
  return [...bySpan.values()]
}
