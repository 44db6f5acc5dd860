// Gemini's dialect at the door: paths, keys, errors, and what goes on to providers of each kind.
import { describe, expect, it } from 'vitest'
import { createDialectRig } from '../support/dialect-rig.ts'
import { chunkEvent, DONE, STOP, WORDS } from '../support/fake-provider.ts'
import { createKeyedApp } from '../support/keyed-app.ts'

const hello = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }
const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'some-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
}
const path = (model: string, method: string) => `/v1beta/models/${model}:${method}`

describe('generateContent', () => {
  it('is served by a model of any kind, and answered in Gemini’s form', async () => {
    const rig = await createDialectRig()
    const told = await rig.ask(path('oai', 'generateContent'), hello, { json: completion })
    expect(told.status).toBe(200)
    expect(told.sent).toMatchObject([{ messages: [{ role: 'user', content: 'hello' }] }])
    expect(told.json).toMatchObject({
      candidates: [{ content: { role: 'model', parts: [{ text: 'Hi.' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
    })
    expect(told.headers.get('x-router-model')).toBe('oai')
  })

  it('goes on to a provider of Gemini’s kind as it came', async () => {
    const rig = await createDialectRig()
    const body = {
      ...hello,
      tools: [{ googleSearch: {} }],
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    }
    const parts = [{ text: 'Hi.' }]
    const json = { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] }
    const told = await rig.ask(path('gem', 'generateContent'), body, { json })
    expect(told.sent).toEqual([body])
    expect(told.sentTo).toEqual(['/v1beta/models/gemini-2.5-flash:generateContent'])
    expect(told.json.candidates[0].content.parts).toEqual(parts)
  })

  it('is refused by the field that the model’s provider cannot be asked for', async () => {
    const rig = await createDialectRig()
    const body = { ...hello, tools: [{ googleSearch: {} }] }
    const told = await rig.ask(path('oai', 'generateContent'), body, { json: completion })
    expect(told.sent).toEqual([])
    expect(told.json.error).toMatchObject({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: expect.stringContaining('tools[0].googleSearch'),
      details: [{ reason: 'INVALID_REQUEST', domain: 'signalbox' }],
    })
  })

  it.each([
    [{ contents: 'hello' }, 'contents'],
    [{ contents: [{ role: 'robot', parts: [] }] }, 'contents[0].role'],
    [{ contents: [{ role: 'user', parts: 'hello' }] }, 'contents[0].parts'],
  ])('names what is wrong with %j', async (body, param) => {
    const rig = await createDialectRig()
    const told = await rig.ask(path('oai', 'generateContent'), body, { json: completion })
    expect(told.status).toBe(400)
    expect(told.json.error.message).toContain(param)
    expect(told.json.error.details[0].metadata.param).toBe(param)
  })

  it('says in Google’s words that there is no such model or method', async () => {
    const rig = await createDialectRig()
    const missing = await rig.ask(path('nothing', 'generateContent'), hello, { json: {} })
    expect(missing.json.error).toMatchObject({ code: 404, status: 'NOT_FOUND' })
    const method = await rig.ask(path('oai', 'embedContent'), hello, { json: {} })
    expect(method.json.error).toMatchObject({ code: 404, status: 'NOT_FOUND' })
  })
})

describe('streamGenerateContent', () => {
  it('streams responses as events', async () => {
    const rig = await createDialectRig()
    const sse = [...WORDS.map((text) => chunkEvent({ content: text })), STOP, DONE]
    const told = await rig.ask(`${path('oai', 'streamGenerateContent')}?alt=sse`, hello, { sse })
    expect(told.status).toBe(200)
    expect(told.isClean).toBe(true)
    expect(told.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const responses = told.text.split('\r\n\r\n').filter((event) => event !== '')
    expect(JSON.parse(responses.at(-1)?.replace('data: ', '') ?? '')).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
    })
    expect(told.sent).toMatchObject([{ stream: true }])
  })

  it('is refused without alt=sse', async () => {
    const rig = await createDialectRig()
    const told = await rig.ask(path('oai', 'streamGenerateContent'), hello, { sse: [] })
    expect(told.json.error).toMatchObject({ code: 400, message: expect.stringContaining('alt') })
  })
})

describe('countTokens', () => {
  it.each([hello, { generateContentRequest: { model: 'models/oai', ...hello } }])(
    'counts %j',
    async (body) => {
      const { send } = await createKeyedApp()
      const response = await send(path('auto', 'countTokens'), { body })
      expect(await response.json()).toEqual({ totalTokens: expect.any(Number) })
      expect(response.headers.get('x-router-token-count')).toBe('estimated')
    },
  )
})

describe('the key', () => {
  it.each(['header', 'address'])(
    'is taken from the %s, and nowhere else from there',
    async (place) => {
      const { send, add } = await createKeyedApp()
      const { secret } = add()
      const ask = (key: string, to = path('auto', 'countTokens')) =>
        place === 'header'
          ? send(to, { body: hello, headers: { 'x-goog-api-key': key } })
          : send(`${to}?key=${key}`, { body: hello })
      expect((await ask(secret)).status).toBe(200)
      const refused = await ask('wrong')
      expect(refused.status).toBe(401)
      expect(await refused.json()).toMatchObject({ error: { status: 'UNAUTHENTICATED' } })
      expect((await ask(secret, '/v1/messages/count_tokens')).status).toBe(401)
    },
  )

  it('in the address is not logged', async () => {
    const { send, add, deps } = await createKeyedApp()
    const { secret } = add()
    await send(`${path('auto', 'countTokens')}?key=${secret}`, { body: hello })
    await deps.logged(() => deps.lines.length === 1)
    const logged = JSON.stringify(deps.lines)
    expect(logged).toContain('countTokens')
    expect(logged).not.toContain(secret)
  })
})
