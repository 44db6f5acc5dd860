// Kept answers of the Responses API on a real database: under whose key, for how long, and what goes with a decision.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { StoredResponse } from '../../src/core/records/stored-response.ts'
import { decisionOf, idOf, openStoreHere, temporaryFolder } from './fixtures.ts'

const kept = (id: string, changes: Partial<StoredResponse> = {}): StoredResponse => ({
  id,
  principal: 'key-1',
  decisionId: 'd-1',
  previousId: null,
  input: '[]',
  response: `{"id":"${id}"}`,
  expiresAtMs: 1_000,
  ...changes,
})
const of = (id: string, changes: object = {}) => ({
  id,
  principal: 'key-1',
  nowMs: 500,
  ...changes,
})

it('are found by their key alone, until they expire or are deleted', async () => {
  const store = await openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })
  await store.addResponse(kept('resp_1'))
  expect(await store.getResponse(of('resp_1'))).toEqual(kept('resp_1'))
  expect(await store.getResponse(of('resp_1', { principal: 'key-2' }))).toBeNull()
  expect(await store.getResponse(of('resp_1', { nowMs: 1_000 }))).toBeNull()
  await store.addResponse(kept('resp_1', { principal: 'key-2', input: '[1]' }))
  expect(await store.deleteResponse({ id: 'resp_1', principal: 'key-1' })).toBe(true)
  expect(await store.deleteResponse({ id: 'resp_1', principal: 'key-1' })).toBe(false)
  const others = await store.getResponse(of('resp_1', { principal: 'key-2' }))
  expect(others?.input).toBe('[1]')
})

it('come with those that they go on with, the oldest first, or not at all', async () => {
  const store = await openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })
  await store.addResponse(kept('a'))
  await store.addResponse(kept('b', { previousId: 'a' }))
  await store.addResponse(kept('c', { previousId: 'b', expiresAtMs: 2_000 }))
  const chain = await store.getResponseChain(of('c'))
  expect(chain?.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  expect(await store.getResponseChain(of('c', { nowMs: 1_500 }))).toBeNull()
  await store.addResponse(kept('loop', { previousId: 'loop' }))
  expect(await store.getResponseChain(of('loop'))).toBeNull()
})

it('go when their time has come, and with their decision', async () => {
  const store = await openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })
  store.recordDecision(decisionOf(1, { sessionId: 's-1' }), 'pending')
  await store.addResponse(kept('soon', { expiresAtMs: 10 }))
  await store.addResponse(kept('of-1', { decisionId: idOf(1) }))
  expect(await store.deleteExpiredResponses(10)).toBe(1)
  await store.forget({ sessionId: 's-1' }, [])
  expect(await store.getResponse(of('of-1'))).toBeNull()
})
