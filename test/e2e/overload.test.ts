// A real server whose process is stopped again and again, as a machine without a free core would: it notices, sheds new work
// while liveness answers, and comes back by itself.
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { createSite } from '../support/server.ts'

const site = await createSite()
afterAll(() => site.remove())

const STOPPED_MS = 400
const RUNNING_MS = 60

it('refuses new work while its loop keeps standing still, and takes it again afterwards', async () => {
  const server = await site.start()
  let isShedding = false
  const shedding = server
    .logged(({ msg }) => msg === 'shedding new work')
    .then(() => {
      isShedding = true
    })
  for (let stops = 0; !isShedding && stops < 60; stops++) {
    server.kill('SIGSTOP')
    await wait(STOPPED_MS)
    server.kill('SIGCONT')
    await wait(RUNNING_MS)
  }
  await shedding
  const [refused, alive] = await Promise.all([
    server.post('/v1/route', { prompt: 'hello' }),
    fetch(`${server.url}/healthz`),
  ])
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('2')
  expect(await refused.json()).toMatchObject({ error: { code: 'overloaded' } })
  expect(alive.status).toBe(200)
  await server.logged(({ msg }) => msg === 'taking new work again')
  expect((await server.post('/v1/route', { prompt: 'hello' })).status).toBe(200)
  expect(await server.metric('signalbox_loop_stops_total')).toBeGreaterThanOrEqual(3)
  expect(await server.metric('signalbox_shed_requests_total')).toBe(1)
  const told = server.log().find(({ msg }) => msg === 'the event loop stood still')
  expect(told).toMatchObject({ level: 'warn', requests: [], suspects: 0 })
  await server.stop()
}, 120_000)
