// While the event loop keeps standing still, new work is refused and what operators look at answers.
import { expect, it } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { createFakeDeps } from '../support/http-fakes.ts'

const chat = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hi' }] }),
}

it('is told with 503 and a time to come back, and ends with the load', async () => {
  const deps = createFakeDeps()
  const app = createApp(deps)
  deps.state.isShedding = true
  const refused = await app.request('/v1/chat/completions', chat)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('2')
  expect(await refused.json()).toMatchObject({ error: { code: 'overloaded' } })
  const message = await app.request('/v1/messages', chat)
  expect(await message.json()).toMatchObject({ error: { type: 'overloaded_error' } })
  expect((await app.request('/healthz')).status).toBe(200)
  expect((await app.request('/readyz')).status).toBe(200)
  deps.state.isShedding = false
  expect((await app.request('/v1/chat/completions', chat)).status).toBe(200)
})

it('tells the watch of each request until it has been answered', async () => {
  const deps = createFakeDeps()
  const seen: string[] = []
  deps.loop.enter = ({ endpoint }) => {
    seen.push('enters')
    return {
      touch: () => void seen.push(`touches ${endpoint()}`),
      leave: () => void seen.push('leaves'),
    }
  }
  const answer = await createApp(deps).request('/v1/chat/completions', chat)
  await answer.text()
  expect(seen).toEqual(['enters', 'touches POST /v1/chat/completions', 'leaves'])
})
