import { expect, it } from 'vitest'
import { createModelWatch } from '../../../src/upstream/resilience/model-watch.ts'
import { createTestLogger } from '../harness.ts'

const setup = () => {
  const { logger, lines } = createTestLogger()
  const watch = createModelWatch(logger)
  const target = { provider: 'openai', model: 'gpt' }
  return { ...watch, say: (status: number | null) => watch.note(target, status), lines }
}

const FAULT =
  'gpt: openai answers 404 to every call; check models.gpt.name and providers.openai.base_url'

it('tells of a model that was never served after its first 404, and logs it once', () => {
  const { say, faults, lines } = setup()
  for (const _ of Array(3)) say(404)
  expect(faults()).toEqual([FAULT])
  expect(lines).toEqual([
    { level: 'error', fields: { provider: 'openai', model: 'gpt', status: 404 }, message: FAULT },
  ])
})

it('is patient with one that has served: a single request may have named what is gone', () => {
  const { say, faults } = setup()
  say(null)
  say(404)
  say(404)
  expect(faults()).toEqual([])
  say(404)
  expect(faults()).toHaveLength(1)
})

it('forgets the fault with the next call that is served, and tells of it again', () => {
  const { say, faults, lines } = setup()
  say(405)
  say(null)
  expect(faults()).toEqual([])
  for (const _ of Array(3)) say(404)
  expect(faults()).toEqual([FAULT])
  expect(lines).toHaveLength(2)
})

it('takes no other failure for one of configuration', () => {
  const { say, faults, note } = setup()
  for (const status of [400, 429, 500, 503]) say(status)
  expect(faults()).toEqual([])
  note({ provider: 'other', model: 'large' }, 404)
  expect(faults()).toEqual([expect.stringMatching(/^large: other answers 404/)])
})
