// Pictures, speech and moderation, from OpenAI's official client to a provider over loopback and back.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI, { toFile } from 'openai'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createForwarder } from '../../src/routing/forwarder.ts'
import { toTargets } from '../../src/service/targets.ts'
import { createUpstreams } from '../../src/upstream/registry/registry.ts'
import { createKeyedApp } from '../support/keyed-app.ts'

interface Seen {
  url: string
  headers: IncomingMessage['headers']
  body: Buffer
}

interface Answer {
  status?: number
  type?: string
  body: string | Buffer
}

const setUp = async () => {
  const seen: Seen[] = []
  const plan: { answer: Answer } = { answer: { body: '{}' } }
  const provider = createServer(async (req, res) => {
    const parts: Buffer[] = []
    for await (const part of req) parts.push(part as Buffer)
    seen.push({ url: req.url ?? '', headers: req.headers, body: Buffer.concat(parts) })
    const { status = 200, type = 'application/json', body } = plan.answer
    res.writeHead(status, { 'content-type': type }).end(body)
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  onTestFinished(() => {
    provider.closeAllConnections()
    provider.close()
  })
  const { port } = provider.address() as AddressInfo
  const keyed = await createKeyedApp({
    providers: {
      media: { kind: 'openai', base_url: `http://127.0.0.1:${port}/v1`, api_key_env: 'KEY' },
      demo: { kind: 'echo' },
    },
    models: {
      media: {
        provider: 'media',
        name: 'media-upstream',
        input_usd_per_million: 1,
        output_usd_per_million: 10,
      },
      small: { provider: 'demo', name: 'small' },
    },
    routes: { general: { models: ['small'] } },
    default_route: 'general',
  })
  const { deps, app, add } = keyed
  const { config, logger } = deps
  const upstreams = createUpstreams({
    providers: config.providers,
    env: { KEY: 'provider-key-123' },
    resilience: config.resilience,
    logger,
  })
  deps.forward = createForwarder({ upstreams, targets: toTargets(config.models) })
  const clientOf = (apiKey: string) =>
    new OpenAI({
      apiKey,
      baseURL: 'http://127.0.0.1/v1',
      maxRetries: 0,
      fetch: async (url, init) => app.request(String(url), init as RequestInit),
    })
  return { ...keyed, seen, plan, clientOf, client: clientOf(add().secret) }
}

describe('what stands beside chat', () => {
  it('is posted to the model named, under its name there and the provider’s own key', async () => {
    const { client, seen, plan } = await setUp()
    plan.answer = { body: JSON.stringify({ created: 1, data: [{ b64_json: 'cGlj' }] }) }
    const made = await client.images.generate({
      model: 'media',
      prompt: 'a cat',
      size: '1024x1024',
    })
    expect(made.data).toEqual([{ b64_json: 'cGlj' }])
    expect(seen).toHaveLength(1)
    expect(seen[0]?.url).toBe('/v1/images/generations')
    expect(JSON.parse(String(seen[0]?.body))).toEqual({
      model: 'media-upstream',
      prompt: 'a cat',
      size: '1024x1024',
    })
    expect(seen[0]?.headers.authorization).toBe('Bearer provider-key-123')
  })

  it('may be a form with a file, whose bytes arrive as they were', async () => {
    const { client, seen, plan } = await setUp()
    plan.answer = { body: JSON.stringify({ text: 'Hello.' }) }
    const sound = Buffer.from([0, 255, 13, 10, 45, 45, 1])
    const file = await toFile(sound, 'a.wav', { type: 'audio/wav' })
    const { text } = await client.audio.transcriptions.create({ model: 'media', file })
    expect(text).toBe('Hello.')
    const [sent] = seen
    const headers = { 'content-type': sent?.headers['content-type'] ?? '' }
    const form = await new Response(new Uint8Array(sent?.body ?? []), { headers }).formData()
    expect(form.get('model')).toBe('media-upstream')
    const arrived = form.get('file') as File
    expect(arrived.name).toBe('a.wav')
    expect(Buffer.from(await arrived.arrayBuffer())).toEqual(sound)
  })

  it('may be answered with sound', async () => {
    const { client, plan, seen } = await setUp()
    const sound = Buffer.from([255, 251, 0, 1, 128])
    plan.answer = { type: 'audio/mpeg', body: sound }
    const speech = await client.audio.speech.create({ model: 'media', voice: 'alloy', input: 'Hi' })
    expect(speech.headers.get('content-type')).toBe('audio/mpeg')
    expect(Buffer.from(await speech.arrayBuffer())).toEqual(sound)
    expect(seen[0]?.url).toBe('/v1/audio/speech')
  })

  it('is charged as the provider counts', async () => {
    const { clientOf, add, plan } = await setUp()
    plan.answer = {
      body: JSON.stringify({ data: [], usage: { input_tokens: 600, output_tokens: 500 } }),
    }
    const client = clientOf(add({ limits: { tokens_per_day: 1_000 } }).secret)
    await client.images.generate({ model: 'media', prompt: 'a cat' })
    const refused = client.images.generate({ model: 'media', prompt: 'a cat' })
    await expect(refused).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
  })
})

describe('it is refused', () => {
  it('without a model, and for a model that is not configured or has no such endpoint', async () => {
    const { client, seen } = await setUp()
    const moderate = (model?: string) =>
      client.moderations.create({ input: 'x', ...(model && { model }) })
    await expect(moderate()).rejects.toMatchObject({ status: 400, param: 'model' })
    await expect(moderate('auto')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
    await expect(moderate('small')).rejects.toMatchObject({ status: 400, param: 'model' })
    expect(seen).toEqual([])
  })

  it('to a key that may not use the model', async () => {
    const { clientOf, add, seen } = await setUp()
    const asked = clientOf(add({ models: ['small'] }).secret).moderations.create({
      model: 'media',
      input: 'x',
    })
    await expect(asked).rejects.toMatchObject({ status: 403, code: 'permission_denied' })
    expect(seen).toEqual([])
  })

  it('where a stream is asked for, which would come all at once', async () => {
    const { client } = await setUp()
    const asked = client.images.generate({ model: 'media', prompt: 'x', stream: true })
    await expect(asked).rejects.toMatchObject({ status: 400, param: 'stream' })
  })

  it('by the provider, in its own words and without its key', async () => {
    const { client, plan } = await setUp()
    plan.answer = {
      status: 400,
      body: JSON.stringify({ error: { message: 'no cats: provider-key-123', code: 'no_cats' } }),
    }
    const asked = client.images.generate({ model: 'media', prompt: 'a cat' })
    const error = await asked.catch((caught: unknown) => caught)
    expect(error).toMatchObject({ status: 400, code: 'no_cats' })
    expect(String(error)).not.toContain('provider-key-123')
  })

  it.each([
    ['application/json', '{"model":'],
    ['multipart/form-data; boundary=x', 'not a form'],
  ])('for a body that is not %s', async (type, body) => {
    const { app, add } = await setUp()
    const headers = { 'content-type': type, ...add().headers }
    const response = await app.request('/v1/images/edits', { method: 'POST', headers, body })
    expect(response.status).toBe(400)
  })
})
