// An answer comes back as it was, whichever form it was kept in and whichever is asked for.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatBody } from '../../../src/dialects/chat/upstream-request.ts'
import { createEchoUpstream } from '../../../src/upstream/echo/echo.ts'
import { cut, readEvents } from '../../support/sse.ts'
import { requestOf } from '../harness.ts'
import {
  base,
  completion,
  event,
  jsonReply,
  received,
  setup,
  streamReply,
  WIRE_USAGE,
} from './setup.ts'

interface Told {
  content: string
  calls: Record<number, { id: string; name: string; arguments: string }>
  finish: string | null
}

/** What a stream tells, by the rules of OpenAI's documentation: written anew, as the referee of ours. */
const toldBy = (
  text: string,
): { choices: Record<number, Told>; isDone: boolean; usage: unknown } => {
  const choices: Record<number, Told> = {}
  let usage: unknown = null
  const events = readEvents(text)
  for (const { data } of events) {
    usage = data.usage ?? usage
    for (const choice of (data.choices ?? []) as {
      index: number
      delta: {
        content?: string | null
        tool_calls?: {
          index: number
          id?: string
          function: { name?: string; arguments?: string }
        }[]
      }
      finish_reason: string | null
    }[]) {
      choices[choice.index] ??= { content: '', calls: {}, finish: null }
      const told = choices[choice.index] as Told
      told.content += choice.delta.content ?? ''
      told.finish = choice.finish_reason ?? told.finish
      for (const { index, id, function: fn } of choice.delta.tool_calls ?? []) {
        told.calls[index] ??= { id: '', name: '', arguments: '' }
        const call = told.calls[index] as Told['calls'][number]
        call.id ||= id ?? ''
        call.name ||= fn.name ?? ''
        call.arguments += fn.arguments ?? ''
      }
    }
  }
  return { choices, isDone: events.at(-1)?.data.done === true, usage }
}

const inBody = (body: Record<string, unknown> | null): Record<number, Told> => {
  const choices = (body?.choices ?? []) as {
    index: number
    message: {
      content: string | null
      tool_calls?: { id: string; function: { name: string; arguments: string } }[]
    }
    finish_reason: string
  }[]
  return Object.fromEntries(
    choices.map(({ index, message, finish_reason: finish }) => {
      const calls = (message.tool_calls ?? []).map(({ id, function: fn }) => ({ id, ...fn }))
      return [index, { content: message.content ?? '', calls: { ...calls }, finish }]
    }),
  )
}

const piece = fc.string({ unit: 'grapheme', maxLength: 12 })
const choice = fc.record({
  texts: fc.array(piece, { maxLength: 4 }),
  calls: fc.array(fc.array(piece, { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
})

const chunksOf = ({ texts, calls }: { texts: string[]; calls: string[][] }, index: number) => {
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'up',
    choices: [{ index, delta, finish_reason }],
  })
  return [
    chunk({ role: 'assistant', content: '' }),
    ...texts.map((content) => chunk({ content })),
    ...calls.flatMap((parts, at) =>
      parts.map((part, i) =>
        chunk({
          tool_calls: [
            i === 0
              ? {
                  index: at,
                  id: `call_${at}`,
                  type: 'function',
                  function: { name: 'f', arguments: part },
                }
              : { index: at, function: { arguments: part } },
          ],
        }),
      ),
    ),
    chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
  ]
}

describe('a kept stream', () => {
  it('tells the same as a stream and as a whole, however it came in pieces', async () => {
    const choices = fc.array(choice, { minLength: 1, maxLength: 3 })
    const lengths = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 4 })
    const property = fc.asyncProperty(choices, lengths, async (made, pieces) => {
      const events = [...made.flatMap(chunksOf).map(event), event('[DONE]')]
      const bytes = Buffer.concat(events)
      const { call, state } = setup(() => streamReply(cut(bytes, pieces)))
      const body = { ...base, n: made.length }
      const first = await received(await call({ body: { ...body, stream: true } }))
      expect(first.text).toBe(bytes.toString())
      const again = await received(await call({ body: { ...body, stream: true } }))
      expect(toldBy(again.text)).toEqual({ ...toldBy(first.text), isDone: true })
      const asBody = await received(await call({ body }))
      expect(inBody(asBody.body)).toEqual(toldBy(first.text).choices)
      expect(state.calls).toBe(1)
    })
    await fc.assert(property, { numRuns: 60 })
  })

  const stream = [
    event({
      id: 'c1',
      model: 'up',
      choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }],
    }),
    event({ id: 'c1', model: 'up', choices: [], usage: { ...WIRE_USAGE, cost: 13e-6 } }),
    event('[DONE]'),
  ]
  const freed = { ...WIRE_USAGE, cost: 0, original_cost: 13e-6 }
  const asking = { ...base, stream: true, stream_options: { include_usage: true } }

  it('tells usage to whoever asks, and that it cost nothing', async () => {
    const { call } = setup(() => streamReply(stream))
    await received(await call({ body: asking }))
    const again = await received(await call({ body: asking }))
    expect(readEvents(again.text).at(-2)?.data).toEqual({
      id: 'c1',
      model: 'up',
      choices: [],
      usage: freed,
    })
    const unasked = await received(await call({ body: { ...base, stream: true } }))
    expect(toldBy(unasked.text)).toMatchObject({ usage: null, isDone: true })
    expect((await received(await call())).body).toMatchObject({ usage: freed })
  })

  it('knows the usage that the first caller had not asked for', async () => {
    const [chunk, , done] = stream as [Uint8Array, Uint8Array, Uint8Array]
    const { call } = setup(() => streamReply([chunk, done]))
    await received(await call({ body: { ...base, stream: true } }))
    const again = await received(await call({ body: asking }))
    expect(toldBy(again.text).usage).toEqual(freed)
  })

  it('does not tell an estimate as if it were usage', async () => {
    const [chunk, , done] = stream as [Uint8Array, Uint8Array, Uint8Array]
    const usage = { promptTokens: 1, completionTokens: 1, isEstimated: true }
    const { call } = setup(() => streamReply([chunk, done], { usage }))
    await received(await call({ body: { ...base, stream: true } }))
    expect(toldBy((await received(await call({ body: asking }))).text).usage).toBeNull()
  })

  it('keeps what it does not know: reasoning, its details, log-probabilities, fields of the provider', async () => {
    const part = (delta: object, rest: object = {}) =>
      event({
        id: 'c',
        provider: 'p',
        choices: [{ index: 0, delta, finish_reason: null, ...rest }],
      })
    const { call } = setup(() =>
      streamReply([
        part({
          role: 'assistant',
          reasoning: 'Let ',
          reasoning_details: [{ index: 0, type: 't', text: 'Let ' }],
        }),
        part({ reasoning: 'me', reasoning_details: [{ index: 0, type: 't', text: 'me' }] }),
        part({ content: 'A' }, { logprobs: { content: [{ token: 'A' }], refusal: null } }),
        part({ content: 'B' }, { logprobs: { content: [{ token: 'B' }], refusal: null } }),
        part({}, { finish_reason: 'stop', native_finish_reason: 'end' }),
        event('[DONE]'),
      ]),
    )
    await received(await call({ body: { ...base, stream: true } }))
    expect((await received(await call())).body).toMatchObject({
      object: 'chat.completion',
      provider: 'p',
      choices: [
        {
          message: {
            role: 'assistant',
            content: 'AB',
            reasoning: 'Let me',
            reasoning_details: [{ index: 0, type: 't', text: 'Let me' }],
          },
          logprobs: { content: [{ token: 'A' }, { token: 'B' }], refusal: null },
          finish_reason: 'stop',
          native_finish_reason: 'end',
        },
      ],
    })
  })

  it('ends as client_closed for a client that leaves', async () => {
    const { call } = setup(() => streamReply(stream))
    await received(await call({ body: asking }))
    const leaving = new AbortController()
    const result = await call({ body: asking, signal: leaving.signal })
    if (result.kind !== 'reply' || result.reply.kind !== 'stream') throw new Error('no stream')
    leaving.abort()
    expect(await result.reply.end).toMatchObject({ outcome: 'client_closed' })
  })
})

describe('a kept JSON answer', () => {
  it('is told as a stream that says the same', async () => {
    const property = fc.asyncProperty(piece, async (content) => {
      const { call, state } = setup(() => jsonReply(completion(content)))
      const first = await received(await call())
      const streamed = await received(await call({ body: { ...base, stream: true } }))
      expect(toldBy(streamed.text)).toMatchObject({ choices: inBody(first.body), isDone: true })
      expect(state.calls).toBe(1)
    })
    await fc.assert(property, { numRuns: 30 })
  })

  it('and back again loses nothing, tool calls included', async () => {
    const echo = createEchoUpstream({ now: () => 1_000 })
    const tools = [
      {
        type: 'function',
        function: {
          name: 'f',
          parameters: { properties: { a: { type: 'string' } }, required: ['a'] },
        },
      },
    ]
    const body: ChatBody = { ...base, tools, tool_choice: 'required' }
    const whole = await echo.chat(requestOf('demo', body))
    if (whole.kind !== 'json') throw new Error('no JSON')
    const first = setup(() => whole)
    await first.call({ body })
    const { text } = await received(await first.call({ body: { ...body, stream: true } }))
    expect(toldBy(text).choices[0]?.finish).toBe('tool_calls')
    const second = setup(() => streamReply([Buffer.from(text)]))
    await received(await second.call({ body: { ...body, stream: true } }))
    const { body: back } = await received(await second.call({ body }))
    expect(back?.choices).toEqual(whole.body.choices)
  })
})
