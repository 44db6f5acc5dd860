// What a client gets of Gemini's answers, whole and streamed: OpenAI's forms, with usage, cost and honest endings.
import { describe, expect, it } from 'vitest'
import { clientSees, fixture, upstreamAnswering } from './fixtures.ts'
import { asJson, eventsOf, requestOf } from './harness.ts'

const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(body instanceof Uint8Array ? new TextDecoder().decode(body) : JSON.stringify(body), {
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    ...init,
  })
const chatWith = (body: unknown, init: ResponseInit = {}, keys = ['key-one']) => {
  const { upstream, sent } = upstreamAnswering('gemini', [() => json(body, init)], { keys })
  return { reply: upstream.chat(requestOf('gemini-2.5-flash')), sent }
}
const candidate = (fields: object) => ({ candidates: [{ index: 0, ...fields }], responseId: 'r1' })

interface Chunk {
  choices: { index: number; delta: Record<string, unknown>; finish_reason: string | null }[]
  usage?: Record<string, unknown>
}
const streamed = async (path: string, body: Record<string, unknown> = {}): Promise<Chunk[]> => {
  const { text } = await clientSees('gemini', [fixture(path)], body)
  return eventsOf(text ?? '').filter((event) => event !== '[DONE]') as Chunk[]
}

describe('a whole answer', () => {
  it('is a chat completion of the model that served, with usage and cost', async () => {
    const reply = asJson(await chatWith(fixture('gemini/text.json.txt')).reply)
    expect(reply.body).toEqual({
      id: 'chatcmpl-rKx4aN',
      object: 'chat.completion',
      created: 1_760_000_000,
      model: 'gemini-2.5-flash-001',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hello there',
            refusal: null,
            reasoning_content: 'Hm.',
          },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 42,
        total_tokens: 51,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 30 },
        cost: (9 * 1 + 42 * 2) / 1e6,
      },
    })
    expect(reply.usage).toEqual({
      promptTokens: 9,
      completionTokens: 42,
      cachedPromptTokens: 4,
      isEstimated: false,
    })
  })

  it('with calls has them as tool_calls, each with an id of its own', async () => {
    const parts = [
      { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' },
      { functionCall: { name: 'f' } },
    ]
    const { reply } = chatWith(candidate({ content: { parts }, finishReason: 'STOP' }))
    expect(asJson(await reply).body.choices).toMatchObject([
      {
        finish_reason: 'tool_calls',
        message: {
          content: null,
          tool_calls: [
            {
              id: 'call_r1_0_0',
              function: { name: 'f', arguments: '{"a":1}' },
              extra_content: { google: { thought_signature: 'c2ln' } },
            },
            { id: 'call_r1_0_1', function: { name: 'f', arguments: '{}' } },
          ],
        },
      },
    ])
  })

  it('with logprobs has them in OpenAI’s form', async () => {
    const hi = { token: 'Hi', logProbability: -0.5 }
    const logprobsResult = { chosenCandidates: [hi], topCandidates: [{ candidates: [hi] }] }
    const parts = [{ text: 'Hi' }]
    const { reply } = chatWith(
      candidate({ content: { parts }, finishReason: 'STOP', logprobsResult }),
    )
    const token = { token: 'Hi', logprob: -0.5, bytes: [72, 105] }
    expect(asJson(await reply).body.choices).toMatchObject([
      { logprobs: { content: [{ ...token, top_logprobs: [token] }] } },
    ])
  })

  it.each(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'])(
    'that ended with %s is finished by the content filter',
    async (finishReason) => {
      const { reply } = chatWith(candidate({ finishReason }))
      expect(asJson(await reply).body.choices).toMatchObject([
        { finish_reason: 'content_filter', message: { content: '' } },
      ])
    },
  )

  it.each([
    ['an answer that Gemini calls broken', candidate({ finishReason: 'MALFORMED_FUNCTION_CALL' })],
    ['an answer that ended for another reason', candidate({ finishReason: 'OTHER' })],
    ['an answer without an end', candidate({ content: { parts: [{ text: 'half' }] } })],
    ['no candidates', { responseId: 'r1' }],
    ['an error under status 200', { error: { code: 500, message: 'no' } }],
  ])('is not made of %s', async (_name, body) => {
    await expect(chatWith(body).reply).rejects.toMatchObject({
      code: 'upstream_invalid',
      isRetryable: true,
    })
  })
})

describe('a refusal', () => {
  it('of the prompt by the content filter is final, keeps its reason, and is the caller’s 400', async () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' } }
    await expect(chatWith(blocked).reply).rejects.toMatchObject({
      code: 'upstream_error',
      isRetryable: false,
      details: { status: 400, providerCode: 'content_filter' },
      message: expect.stringContaining('SAFETY'),
    })
  })

  it('of the key is one of the key, though Google says 400, and the next key is tried', async () => {
    const { reply, sent } = chatWith(fixture('gemini/error-400-key.json.txt'), { status: 400 }, [
      'a1',
      'b2',
    ])
    await expect(reply).rejects.toMatchObject({ details: { status: 401, isKeyRejected: true } })
    expect(sent.map(({ headers }) => headers['x-goog-api-key'])).toEqual(['a1', 'b2'])
  })

  it('for too many calls tells how long to wait, which Google says in the body', async () => {
    const { reply } = chatWith(fixture('gemini/error-429.json.txt'), { status: 429 })
    await expect(reply).rejects.toMatchObject({ details: { status: 429, retryAfterMs: 34_000 } })
  })
})

describe('a stream', () => {
  it('has a role chunk, content, finish_reason, and usage with cost where asked', async () => {
    const chunks = await streamed('gemini/text.sse')
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: '' },
      { content: 'Grüße ' },
      { content: 'aus dem naïven 🚄' },
      { content: ' Zug.' },
      {},
      undefined,
    ])
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([
      ...new Array(4).fill(null),
      'stop',
      undefined,
    ])
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 42, cost: (9 + 84) / 1e6 },
    })
    const heads = chunks.map(({ choices: _, usage: __, ...head }) => JSON.stringify(head))
    expect(new Set(heads).size).toBe(1)
  })

  it('has no usage chunk where none was asked for', async () => {
    const chunks = await streamed('gemini/text.sse', { stream_options: undefined })
    expect(chunks.every(({ usage }) => usage === undefined)).toBe(true)
  })

  it('numbers parallel calls and ends with tool_calls', async () => {
    const chunks = await streamed('gemini/thinking-and-parallel-tools.sse')
    const deltas = chunks.map(({ choices }) => choices[0]?.delta)
    expect(deltas[1]).toEqual({ reasoning_content: 'The user wants weather.' })
    expect(deltas[2]).toMatchObject({
      tool_calls: [
        {
          index: 0,
          id: 'call_rKx4aN_0_0',
          function: { arguments: '{"city":"Zürich","days":[1,2]}' },
        },
        { index: 1, id: 'call_rKx4aN_0_1', function: { name: 'get_time' } },
      ],
    })
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('tool_calls')
  })

  it('stopped by the filter midway says so and keeps what was said', async () => {
    const chunks = await streamed('gemini/safety-midway.sse')
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toContain('content_filter')
  })

  it('of two candidates ends when both have', async () => {
    const chunks = await streamed('gemini/two-candidates.sse', { n: 2 })
    const said = [0, 1].map((index) =>
      chunks
        .flatMap(({ choices }) => choices.filter((choice) => choice.index === index))
        .map(({ delta }) => delta.content ?? '')
        .join(''),
    )
    expect(said).toEqual(['aA', 'bB'])
  })
})
