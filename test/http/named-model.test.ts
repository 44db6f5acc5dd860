import { expect, it } from 'vitest'
import { describeHttp } from '../support/http-matrix.ts'

const messages = [{ role: 'user', content: 'hello' }]
const aliases = {
  'gpt-4o': 'small',
  'claude-*': 'auto',
  'text-*': 'local',
  'agent-*': 'route:code',
}

/** Each endpoint that takes a `model`, with the least body. */
const ROUTED: [path: string, body: object][] = [
  ['/v1/chat/completions', { messages }],
  ['/v1/responses', { input: 'hello' }],
  ['/v1/completions', { prompt: 'hello' }],
  ['/v1/messages', { messages, max_tokens: 10 }],
  ['/v1/route', { prompt: 'hello' }],
]

describeHttp('models by another name', (http) => {
  it.each(ROUTED)('%s takes an alias for what it stands for', async (path, body) => {
    const { post, deps } = await http.start({ aliases })
    for (const [model, alias, meant] of [
      ['gpt-4o', 'gpt-4o=small', 'small'],
      ['claude-sonnet-4-5', 'claude-*=auto', 'auto'],
      ['agent-1', 'agent-*=route:code', 'route:code'],
    ]) {
      const response = await post(path, { ...body, model })
      expect(response.status).toBe(200)
      expect(response.headers.get('x-router-alias')).toBe(alias)
      const { routed, chatted } = deps.pipeline
      expect([...routed, ...chatted].at(-1)?.model).toBe(meant)
    }
  })

  it.each(ROUTED)('%s routes a name that only a vendor knows, and says so', async (path, body) => {
    const { post, deps } = await http.start()
    // What Claude Code, Codex and the examples of OpenAI's client ask for by themselves.
    for (const model of ['claude-sonnet-4-5-20250929', 'gpt-5-codex', 'gpt-4o']) {
      const response = await post(path, { ...body, model })
      expect(response.status).toBe(200)
      expect(response.headers.get('x-router-alias')).toBe('unknown_model=auto')
      const { routed, chatted } = deps.pipeline
      expect([...routed, ...chatted].at(-1)?.model).toBe('auto')
    }
  })

  it('says nothing where a name is ours', async () => {
    const { post } = await http.start({ aliases })
    const response = await post('/v1/chat/completions', { model: 'small', messages })
    expect(response.headers.get('x-router-alias')).toBeNull()
  })

  it.each([
    ['unknown_model is refuse', { unknown_model: 'refuse' }, 'gpt-5'],
    ['it looks like no vendor’s', {}, 'smal'],
  ])('refuses a name where %s, and names what would be right', async (_, config, model) => {
    const { post } = await http.start(config)
    const response = await post('/v1/chat/completions', { model, messages })
    expect(response.status).toBe(404)
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    expect(error.code).toBe('model_not_found')
    expect(error.message).toMatch(/"auto", "route:NAME" .* or one of: small, .*`aliases`/)
  })

  it('gives embeddings by an alias, and never by another model than the one that is named', async () => {
    const { post } = await http.start({ aliases })
    const ask = (model: string) => post('/v1/embeddings', { model, input: 'hello' })
    const local = await ask('text-embedding-3-small')
    expect([local.status, local.headers.get('x-router-alias')]).toEqual([200, 'text-*=local'])
    expect((await ask('gemini-embedding-001')).status).toBe(404)
  })

  it('counts tokens of a prompt for a model that nobody configured', async () => {
    const { post } = await http.start()
    const body = { model: 'claude-haiku-4-5', messages }
    const response = await post('/v1/messages/count_tokens', body)
    expect([response.status, response.headers.get('x-router-alias')]).toEqual([
      200,
      'unknown_model=auto',
    ])
  })

  it('lists the aliases that are no patterns', async () => {
    const { request } = await http.start({ aliases })
    const { data } = (await (await request('/v1/models')).json()) as { data: { id: string }[] }
    expect(data.map(({ id }) => id).filter((id) => id in aliases)).toEqual(['gpt-4o'])
    expect((await request('/v1/models/gpt-4o')).status).toBe(200)
  })

  it('logs the rule, and not what the caller wrote', async () => {
    const { post, deps } = await http.start()
    await post('/v1/chat/completions', { model: 'gpt-secret', messages })
    const { facts } = await deps.logged(({ message }) => message === 'request')
    expect(facts).toMatchObject({ alias: 'unknown_model' })
    expect(JSON.stringify(deps.lines)).not.toContain('gpt-secret')
  })
})
