// What a provider gets of a body that is written in pieces.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { COMPLETION } from '../support/fake-provider.ts'
import { asJson, requestOf, upstreamFor } from './harness.ts'

interface Received {
  headers: IncomingMessage['headers']
  body: unknown
}

/** Answers every call, and keeps what came. */
const startProvider = async () => {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await json(request) })
    response.setHeader('content-type', 'application/json').end(JSON.stringify(COMPLETION))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { received, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` }
}

it('comes whole and with its length, whatever it holds', async () => {
  const { received, baseUrl } = await startProvider()
  const { upstream } = upstreamFor(baseUrl)
  const messages = [
    { role: 'system', content: 'ж🚄"\\\n\u0001'.repeat(100_000) },
    ...Array.from({ length: 300 }, (_, i) => ({ role: 'user', content: `${i} `.repeat(2_000) })),
  ]
  for (const _ of [1, 2]) {
    expect(asJson(await upstream.chat(requestOf('ok', { messages }))).status).toBe(200)
  }
  for (const { headers, body } of received) {
    expect(body).toMatchObject({ messages })
    expect(headers['transfer-encoding']).toBeUndefined()
    expect(Number(headers['content-length'])).toBeGreaterThan(2_000_000)
  }
  expect(received).toHaveLength(2)
})
