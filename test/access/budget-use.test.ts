import { expect, it } from 'vitest'
import { budgetUse } from '../../src/access/budget-use.ts'
import type { GatewayKey, KeyLimits } from '../../src/core/decide/gateway-key.ts'

const keyOf = (id: string, limits: KeyLimits): GatewayKey =>
  ({ id, limits }) as unknown as GatewayKey

it('is the highest share of a budget by span, and how many are used up; keys without one do not count', () => {
  const used: Record<string, number> = { a: 5, b: 12, c: 1_000 }
  const usage = (id: string) => {
    const of = { requests: 0, tokens: 0, budget_usd: used[id] ?? 0 }
    return { minute: of, day: of, month: of }
  }
  const keys = [
    keyOf('a', { budget_usd_per_month: 10 }),
    keyOf('b', { budget_usd_per_month: 10, budget_usd_per_day: 24 }),
    keyOf('c', { tokens_per_day: 10 }),
  ]
  expect(budgetUse(keys, usage)).toEqual([
    { span: 'month', highest: 1.2, exhausted: 1 },
    { span: 'day', highest: 0.5, exhausted: 0 },
  ])
})
