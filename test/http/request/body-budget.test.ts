import { expect, it } from 'vitest'
import { createBodyBudget } from '../../../src/http/request/body-budget.ts'

const MB = 1_048_576
const budgetOf = (bodies: number, body = MB) =>
  createBodyBudget({ max_bodies_bytes: bodies, max_body_bytes: body })

it('holds so many bytes at once, and takes more when some are released', () => {
  const budget = budgetOf(3 * MB)
  const [first, second, third] = [budget.hold(), budget.hold(), budget.hold()]
  expect([first.grow(2 * MB), second.grow(MB), third.grow(MB)]).toEqual([true, true, false])
  first.release()
  first.release()
  expect(third.grow(2 * MB)).toBe(true)
  expect(budget.hold().grow(MB)).toBe(false)
})

it('counts a body that grows once, and never lets go of what it was promised', () => {
  const budget = budgetOf(3 * MB)
  const body = budget.hold()
  for (const size of [2 * MB, 70_000, MB, 2 * MB]) expect(body.grow(size)).toBe(true)
  const other = budget.hold()
  expect(other.grow(MB + 1)).toBe(false)
  expect(other.grow(MB)).toBe(true)
})

it('never refuses a small body, and always takes one of the largest size', () => {
  const budget = budgetOf(1, 8 * MB)
  expect(budget.hold().grow(8 * MB)).toBe(true)
  expect(budget.hold().grow(MB)).toBe(false)
  expect(budget.hold().grow(65_536)).toBe(true)
})

it('names the setting', () => {
  const { code, message, details } = budgetOf(3 * MB)
    .hold()
    .refusal()
  expect(code).toBe('overloaded')
  expect(message).toContain('3145728 bytes that server.max_bodies_bytes allows')
  expect(details.retryAfterMs).toBe(1_000)
})
