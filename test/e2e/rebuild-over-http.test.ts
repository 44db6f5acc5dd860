// A server rebuilds by itself and on request, in a process of its own, and is told over the API which generation serves.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { z } from 'zod'
import {
  generationListSchema,
  historySchema,
  type movedSchema,
  rebuildStateSchema,
} from '../../src/http/endpoints/admin/generation-schemas.ts'
import { type AnsweringServer, createSite, type Site } from '../support/server.ts'
import { smallConfig, smallRoute, smallTraining } from '../support/small-training.ts'

const MISROUTED = 'the soufflé collapsed again, whisk the eggs on the second shelf and reheat it'

let site: Site
let server: AnsweringServer

beforeAll(async () => {
  site = await createSite({ config: smallConfig(), training: smallTraining() })
  server = await site.startHere()
}, 240_000)

afterAll(() => site.remove())

const get = async <T>(schema: z.ZodType<T>, path: string): Promise<T> =>
  schema.parse(await (await fetch(server.url + path)).json())

/** Asks for a rebuild and waits until it has ended. */
const rebuilt = async (body: object) => {
  const response = await server.post('/admin/rebuild', body)
  expect(response.status).toBe(202)
  const { id } = (await response.json()) as { id: string }
  return vi.waitFor(
    async () => {
      const { state, last } = await get(rebuildStateSchema, '/admin/rebuild')
      expect(state).toBe('idle')
      expect(last?.id).toBe(id)
      return last
    },
    { timeout: 120_000, interval: 200 },
  )
}

const move = async (path: string, body: object) => {
  const response = await server.post(path, body)
  expect(response.status).toBe(200)
  return (await response.json()) as z.infer<typeof movedSchema>
}

describe('over the API', { shuffle: false }, () => {
  it('the first generation is there, built by the server itself', async () => {
    const { current, data } = await get(generationListSchema, '/admin/generations')
    expect(current).toBe(1)
    expect(data).toMatchObject([{ generation: 1, status: 'current', trigger: 'first' }])
  })

  it('a rebuild is built and judged without being promoted, and takes the vote in', async () => {
    const { id } = await server.route(MISROUTED)
    const vote = { decision_id: id, verdict: 'bad', correct_route: smallRoute('code') }
    expect((await server.post('/v1/feedback', vote)).status).toBe(201)
    const last = await rebuilt({ promote: 'never' })
    expect(last?.error).toBeNull()
    expect(last?.report).toMatchObject({ generation: 2, current: 1, embedded: 0 })
    expect(last?.report?.gate).toMatchObject({ candidate: 2, against: 1 })
    expect((await server.route(MISROUTED)).index_generation).toBe(1)
  }, 150_000)

  it('it is promoted and rolled back by hand, and serves at once', async () => {
    const reason = 'It was looked at.'
    const forced = { force: true, reason }
    expect(await move('/admin/generations/2/promote', forced)).toMatchObject({ from: 1, to: 2 })
    expect((await server.route(MISROUTED)).index_generation).toBe(2)
    expect(await move('/admin/generations/rollback', {})).toMatchObject({ from: 2, to: 1 })
    expect((await server.route(MISROUTED)).index_generation).toBe(1)
    const { data } = await get(historySchema, '/admin/history')
    expect(data[0]).toMatchObject({ action: 'rolled_back', generation: 1, author: 'local' })
    expect(data[1]).toMatchObject({ action: 'promoted', generation: 2, reason })
  }, 60_000)

  it('a rebuild that fails leaves everything as it was, and says why', async () => {
    const before = await get(generationListSchema, '/admin/generations')
    const last = await rebuilt({ force: true, promote: 'force' })
    expect(last).toMatchObject({ report: null, error: { code: 'invalid_request' } })
    expect(await get(generationListSchema, '/admin/generations')).toEqual(before)
  }, 150_000)
})
