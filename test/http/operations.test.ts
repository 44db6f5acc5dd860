import { expect, it } from 'vitest'
import { readinessSchema, rootSchema } from '../../src/http/endpoints/operations.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { describeHttp } from '../support/http-matrix.ts'

const hello = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] }

describeHttp('operations', (http) => {
  it('is healthy as long as it answers, ready only when every check holds', async () => {
    const { request, deps } = await http.start()
    expect((await request('/readyz')).status).toBe(200)
    deps.state.isReady = false
    expect(await (await request('/healthz')).json()).toEqual({ status: 'ok' })
    const response = await request('/readyz')
    expect(response.status).toBe(503)
    expect(readinessSchema.parse(await response.json())).toEqual({
      status: 'not_ready',
      checks: {
        encoder: { ok: false, detail: 'starting' },
        accepting: { ok: true, detail: 'accepting requests' },
      },
    })
  })

  it('is degraded where it serves, and something that is not needed for that is wrong', async () => {
    const { request, deps } = await http.start()
    deps.readiness = () => ({
      isReady: true,
      checks: { database: { ok: false, detail: 'The database is gone.' } },
    })
    const response = await request('/readyz')
    expect(response.status).toBe(200)
    expect(readinessSchema.parse(await response.json())).toMatchObject({
      status: 'degraded',
      checks: { database: { ok: false } },
    })
  })

  it('gives metrics as the registry writes them', async () => {
    const { request } = await http.start()
    const response = await request('/metrics')
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await response.text()).toBe('signalbox_up 1\n')
  })

  it('names its endpoints at the root', async () => {
    const { request } = await http.start()
    const root = rootSchema.parse(await (await request('/')).json())
    expect(root.endpoints).toContain('POST /v1/chat/completions')
    expect(root.config_version).toBe('c0ffee')
  })

  it('answers HEAD without a body', async () => {
    const { request } = await http.start()
    const response = await request('/healthz', { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })

  it('refuses new work while draining but still says how it is', async () => {
    const { request, post, deps } = await http.start()
    deps.state.isDraining = true
    const refused = await post('/v1/chat/completions', hello)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('x-should-retry')).toBeNull()
    expect(refused.headers.get('connection')).toBe('close')
    expect(errorSchema.parse(await refused.json()).error.code).toBe('shutting_down')
    expect(deps.pipeline.chatted).toEqual([])
    expect((await request('/healthz')).status).toBe(200)
    const ready = await request('/readyz')
    expect(ready.status).toBe(503)
    expect(readinessSchema.parse(await ready.json()).checks.accepting?.ok).toBe(false)
  })

  it('finishes what was under way when draining began, and then closes the connection', async () => {
    const { post, deps } = await http.start()
    const { chat } = deps.pipeline
    deps.pipeline.chat = (request) => {
      deps.state.isDraining = true
      return chat(request)
    }
    const response = await post('/v1/chat/completions', hello)
    expect(response.status).toBe(200)
    expect(response.headers.get('connection')).toBe('close')
  })
})
