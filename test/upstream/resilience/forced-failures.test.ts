import { expect, it } from 'vitest'
import { readForcedFailures } from '../../../src/upstream/resilience/forced-failures.ts'

const body = { model: 'auto', messages: [] }
const admin = { isAllowed: true, isAdmin: true }
const withoutRole = { isAllowed: true, isAdmin: false }

it('takes the wish of an admin from the header or the body, and keeps it from providers', () => {
  const byHeader = readForcedFailures({ body, failTargets: '1, 3' }, admin)
  expect([...byHeader.targets]).toEqual([1, 3])
  const byField = readForcedFailures({ body: { ...body, x_router_fail_targets: [2] } }, admin)
  expect([[...byField.targets], byField.body]).toEqual([[2], body])
})

it('refuses the wish of a key without the role, wherever it stands', () => {
  const native = { dialect: 'anthropic' as const, headers: {}, untranslatable: [] }
  for (const request of [
    { body, failTargets: '1' },
    { body: { ...body, x_router_fail_targets: [1] } },
    { body, native: { ...native, body: { x_router_fail_targets: '1' } } },
  ]) {
    expect(() => readForcedFailures(request, withoutRole)).toThrow(
      expect.objectContaining({ code: 'permission_denied', param: 'x-router-fail-targets' }),
    )
  }
})

it('leaves a request without a wish as it is, whoever asks', () => {
  const read = readForcedFailures({ body }, withoutRole)
  expect([read.targets.size, read.body]).toEqual([0, body])
})
