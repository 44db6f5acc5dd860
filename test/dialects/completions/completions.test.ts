import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  completionsDialect,
  completionsResponseSchema,
  completionToChat,
} from '../../../src/dialects/completions/completions.ts'
import {
  COMPLETION,
  chunkEvent,
  DONE,
  dataEvent,
  ROLE,
  STOP,
  USAGE,
  WORDS,
} from '../../support/fake-provider.ts'
import { cut, drainText, readEvents, streamOf } from '../../support/sse.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const translate = async (parts: Uint8Array[], error?: Error) => {
  const { text, error: ended } = await drainText(completionsDialect.stream(streamOf(parts, error)))
  return { text, events: readEvents(text), ended }
}
const refusalOf = (body: Record<string, unknown>): unknown => {
  try {
    completionToChat({ model: 'auto', prompt: 'x', ...body })
  } catch (error) {
    return error
  }
  return null
}

describe('the request', () => {
  it('is one user message, with every other field as it came', () => {
    for (const prompt of ['Say hi', ['Say hi']]) {
      const body = completionToChat({
        model: 'auto',
        prompt,
        max_tokens: 5,
        n: 2,
        best_of: 2,
        stop: ['\n'],
        seed: 1,
        echo: false,
        suffix: null,
        logprobs: null,
        stream: true,
        stream_options: { include_usage: true },
      })
      expect(body).toEqual({
        model: 'auto',
        messages: [{ role: 'user', content: 'Say hi' }],
        max_tokens: 5,
        n: 2,
        stop: ['\n'],
        seed: 1,
        stream: true,
        stream_options: { include_usage: true },
      })
    }
  })

  it.each<[string, Record<string, unknown>]>([
    ['prompt', { prompt: ['a', 'b'] }],
    ['prompt', { prompt: [] }],
    ['prompt', { prompt: [1, 2, 3] }],
    ['prompt', { prompt: [[1, 2, 3]] }],
    ['prompt', { prompt: undefined }],
    ['suffix', { suffix: 'end' }],
    ['echo', { echo: true }],
    ['best_of', { best_of: 3 }],
    ['logprobs', { logprobs: 0 }],
  ])('is refused by the name of %s where it is %j', (param, body) => {
    expect(refusalOf(body)).toMatchObject({ code: 'invalid_request', param })
  })
})

describe('the reply', () => {
  it('is a text completion with the same counts', () => {
    const told = completionsDialect.json({ ...COMPLETION, id: 'chatcmpl-7' })
    expect(completionsResponseSchema.parse(told)).toEqual({
      id: 'cmpl-7',
      object: 'text_completion',
      created: 1,
      model: 'up',
      choices: [{ text: 'Hello.', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: COMPLETION.usage,
    })
  })

  it('says every choice, and a refusal as text', () => {
    const choices = [0, 1].map((index) => ({
      index,
      message: { role: 'assistant', content: null, refusal: `no ${index}` },
      finish_reason: 'stop',
    }))
    expect(completionsDialect.json({ ...COMPLETION, choices }).choices).toMatchObject([
      { index: 0, text: 'no 0' },
      { index: 1, text: 'no 1' },
    ])
  })
})

describe('the stream', () => {
  it('has texts, the finish, the usage that was asked for, and [DONE]', async () => {
    const { events, ended } = await translate([
      bytesOf([ROLE, ...WORDS, STOP, USAGE, DONE].join('')),
    ])
    expect(ended).toBeNull()
    const choices = events.map(({ data }) => data.choices as { text: string }[] | undefined)
    expect(choices.map((of) => of?.map(({ text }) => text))).toEqual([
      ['Grüße'],
      [' aus'],
      [' 東京 🚄'],
      ['!'],
      [''],
      [],
      undefined,
    ])
    expect(events.at(-3)?.data.choices).toMatchObject([{ finish_reason: 'stop' }])
    expect(events.at(-2)?.data).toMatchObject({ usage: { total_tokens: 10 } })
    expect(events.at(-1)?.data).toEqual({ done: true })
  })

  it('ends a cut answer with its error and no [DONE]', async () => {
    const error = {
      message: 'gone',
      type: 'server_error',
      param: null,
      code: 'upstream_interrupted',
    }
    const parts = [ROLE, WORDS[0] as string, dataEvent({ error })].map(bytesOf)
    const { events, ended } = await translate(parts, new Error('cut'))
    expect(events.at(-1)?.data).toEqual({ error })
    expect(ended).toMatchObject({ message: 'cut' })
  })

  it('takes a source that ends without [DONE] for a cut', async () => {
    const { events, ended } = await translate([bytesOf(ROLE + WORDS[0])])
    expect(events.at(-1)?.data).toMatchObject({ error: { code: 'upstream_interrupted' } })
    expect(ended).toMatchObject({ code: 'upstream_interrupted' })
  })

  it.each([
    [
      'a whole answer',
      [ROLE, ...WORDS, chunkEvent({ content: 'é' }).replaceAll('\n', '\r\n'), STOP, DONE],
    ],
    ['a cut one', [ROLE, ...WORDS]],
  ])('of %s is the same for any chunking', async (_name, parts) => {
    const bytes = bytesOf(parts.join(''))
    const expected = (await translate([bytes])).text
    for (let at = 1; at < bytes.length; at += 1) {
      const halves = [bytes.subarray(0, at), bytes.subarray(at)]
      expect((await translate(halves)).text, `split at byte ${at}`).toBe(expected)
    }
    const lengths = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(lengths, async (given) => {
        expect((await translate(cut(bytes, given))).text).toBe(expected)
      }),
      { numRuns: 30 },
    )
  })
})
