// Headers that a provider is sent only where its entry asks for them.
import { expect, it } from 'vitest'
import type { FetchInit } from '../../../src/upstream/egress/fetch-port.ts'
import type { HttpUpstreamOptions } from '../../../src/upstream/provider/http-provider.ts'
import { API_KEY, requestOf, upstreamFor } from '../harness.ts'

const completion = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
}

const headersSent = async (options: Partial<HttpUpstreamOptions>) => {
  let sent: FetchInit['headers'] = {}
  const { upstream } = upstreamFor('http://127.0.0.1:9/v1', {
    ...options,
    fetch: async (_url, init) => {
      sent = init.headers
      return Response.json(completion)
    },
  })
  const callerHeaders = {
    'openai-organization': 'org-1',
    'idempotency-key': 'k-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }
  await upstream.chat({ ...requestOf('model-there'), callerHeaders })
  return sent
}

it('are none by default', async () => {
  const sent = await headersSent({})
  for (const name of ['openai-organization', 'idempotency-key', 'traceparent']) {
    expect(sent).not.toHaveProperty(name)
  }
  expect(sent).not.toHaveProperty('x-gateway-model-name')
})

it('are those of the caller that are named, and the model’s name', async () => {
  const sent = await headersSent({
    forwardHeaders: ['openai-organization', 'openai-project', 'traceparent'],
    hasModelHeader: true,
  })
  expect(sent).toMatchObject({
    'openai-organization': 'org-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'x-gateway-model-name': 'model-there',
    authorization: `Bearer ${API_KEY}`,
  })
  expect(sent).not.toHaveProperty('idempotency-key')
  expect(sent).not.toHaveProperty('openai-project')
})
