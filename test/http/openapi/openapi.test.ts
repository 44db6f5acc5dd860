import { describe, expect, it, test } from 'vitest'
import { createApp } from '../../../src/http/app.ts'
import { ENDPOINTS } from '../../../src/http/endpoints/endpoints.ts'
import { createOpenApiDocument } from '../../../src/http/openapi/openapi.ts'
import { documentedPath } from '../../../src/http/request/endpoint.ts'
import { createFakeDeps } from '../../support/http-fakes.ts'
import { describeHttp } from '../../support/http-matrix.ts'

const document = createOpenApiDocument(ENDPOINTS)

const ROUTED = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/completions',
  '/v1/messages',
  '/v1beta/models/{model}:generateContent',
  '/v1beta/models/{model}:streamGenerateContent',
  '/v1/route',
]

test('every route of the app is documented, and nothing else is', () => {
  const { routes } = createApp(createFakeDeps())
  const served = routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${documentedPath(path)}`)
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect([...new Set(served)].sort()).toEqual(documented.sort())
})

describe('the document', () => {
  it('says where the server is: where the document was read', () => {
    expect(document.servers).toMatchObject([{ url: '/' }])
  })

  it('is the same JSON however often it is asked for', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
    expect(createOpenApiDocument(ENDPOINTS)).toEqual(document)
  })

  it('describes the fields of a chat request that are checked, and leaves it open', () => {
    const post = document.paths['/v1/chat/completions']?.post as {
      requestBody: { content: { 'application/json': { schema: Record<string, unknown> } } }
    }
    const { schema } = post.requestBody.content['application/json']
    expect(schema.required).toEqual(['model', 'messages'])
    expect(schema).not.toHaveProperty('additionalProperties', false)
    const { messages } = schema.properties as { messages: Record<string, unknown> }
    expect(messages).toMatchObject({
      type: 'array',
      minItems: 1,
      maxItems: 10_000,
      items: { type: 'object', required: ['role'] },
    })
  })

  it('has an error envelope for every operation and the router headers on routed ones', () => {
    type Operation = { responses: Record<string, { headers: Record<string, unknown> }> }
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods) as unknown as Operation[]) {
        const { default: error, ...success } = operation.responses
        expect(error?.headers).toHaveProperty('x-request-id')
        const isRouted = ROUTED.includes(path)
        for (const { headers } of Object.values(success)) {
          expect('x-router-decision-id' in headers).toBe(isRouted)
        }
      }
    }
  })
})

describeHttp('openapi.json', (http) => {
  it('is served as made', async () => {
    const { request } = await http.start()
    expect(await (await request('/openapi.json')).json()).toEqual(document)
  })

  it('documents every x-router header that a reply carries', async () => {
    const { post } = await http.start()
    const { headers } = await post('/v1/route', { prompt: 'x' })
    const operation = document.paths['/v1/route']?.post as {
      responses: { 200: { headers: Record<string, unknown> } }
    }
    const sent = [...headers.keys()].filter((name) => name.startsWith('x-router-'))
    expect(sent.length).toBeGreaterThan(8)
    for (const name of sent) expect(operation.responses[200].headers).toHaveProperty(name)
  })
})
