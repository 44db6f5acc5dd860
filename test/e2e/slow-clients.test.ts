// O02: clients that hold a connection without ever finishing a request are cut off, and others are served meanwhile.
import { afterAll, expect, it } from 'vitest'
import { rawClient } from '../support/raw-client.ts'
import { createSite } from '../support/server.ts'

const site = await createSite({
  config: { server: { port: 0, headers_timeout_ms: 1_000, request_timeout_ms: 2_000 } },
})
afterAll(() => site.remove())

const START = 'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n'
const CLIENTS = 50

it('cuts off headers and bodies that never end, and serves others meanwhile', async () => {
  const server = await site.start()
  const port = Number(new URL(server.url).port)
  const begin = async (sent: string) => {
    const client = await rawClient(port)
    client.socket.write(sent)
    return client
  }
  const slow = await Promise.all(
    Array.from({ length: CLIENTS }, (_, i) =>
      begin(i % 2 === 0 ? START : `${START}Content-Length: 1000\r\n\r\n{"model":`),
    ),
  )
  expect((await server.post('/v1/route', { prompt: 'hello' })).status).toBe(200)
  for (const client of slow) expect(await client.closed()).toMatch(/^(HTTP\/1\.1 408 |$)/)
  expect((await server.post('/v1/route', { prompt: 'hello again' })).status).toBe(200)
  await server.stop()
}, 120_000)
