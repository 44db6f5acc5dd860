// Callers who speak Anthropic's dialect: kept as they get it from Anthropic's API, shared with everyone where it is not.
import { describe, expect, it } from 'vitest'
import type { CallRequest } from '../../../src/upstream/call/call.ts'
import type { UpstreamReply } from '../../../src/upstream/upstream.ts'
import { anthropicEvent, streamStart } from '../../support/fake-anthropic.ts'
import { readEvents } from '../../support/sse.ts'
import { base, COUNTS, completion, jsonReply, received, setup, streamReply } from './setup.ts'

const native = (changes: object = {}, rest: object = {}): Partial<CallRequest> => ({
  body: base,
  native: {
    dialect: 'anthropic',
    body: { model: 'auto', max_tokens: 10, messages: base.messages, ...changes },
    headers: { 'anthropic-version': '2023-06-01' },
    untranslatable: [],
    ...rest,
  },
})

const message = (stop_reason: string) => ({
  type: 'message',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason,
  usage: { input_tokens: 7, output_tokens: 3, cost: 13e-6 },
})

const messageReply = (stop: string): UpstreamReply => ({
  kind: 'json',
  status: 200,
  dialect: 'anthropic',
  body: message(stop),
  usage: COUNTS,
})

const eventStream = (texts: readonly string[]): UpstreamReply => ({
  ...streamReply(texts.map((text) => Buffer.from(text))),
  dialect: 'anthropic',
})

describe("an answer in Anthropic's dialect", () => {
  it('is kept as a message, free of cost', async () => {
    const { call, state } = setup(() => messageReply('end_turn'), { native: 'anthropic' })
    await call(native({ metadata: { user_id: 'user_1_session_2' } }))
    const again = await call(native())
    expect(again).toMatchObject({ cache: { status: 'hit' }, reply: { dialect: 'anthropic' } })
    const usage = { input_tokens: 7, output_tokens: 3, cost: 0, original_cost: 13e-6 }
    expect((await received(again)).body).toEqual({ ...message('end_turn'), usage })
    expect(state.calls).toBe(1)
  })

  it.each<[string, Partial<CallRequest>]>([
    ['another beta', native({}, { headers: { 'anthropic-beta': 'x' } })],
    ['thinking', native({ thinking: { type: 'enabled', budget_tokens: 1_024 } })],
    ['a stream', native({ stream: true })],
    ["OpenAI's dialect", { body: base }],
  ])('is not for %s', async (_difference, request) => {
    const { call, state } = setup(() => messageReply('end_turn'), { native: 'anthropic' })
    await call(native())
    await call(request)
    expect(state.calls).toBe(2)
  })

  it.each(['max_tokens', 'refusal', 'pause_turn'])(
    'is not kept where it ended with %s',
    async (stop) => {
      const { call, state } = setup(() => messageReply(stop), { native: 'anthropic' })
      await call(native())
      await call(native())
      expect(state.calls).toBe(2)
    },
  )

  it('is replayed as its own events', async () => {
    const events = [
      ...streamStart('up'),
      anthropicEvent('content_block_start', {
        index: 0,
        content_block: { type: 'text', text: '' },
      }),
      anthropicEvent('content_block_delta', {
        index: 0,
        delta: { type: 'text_delta', text: 'Hi' },
      }),
      anthropicEvent('content_block_stop', { index: 0 }),
      anthropicEvent('message_delta', {
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: 3, cost: 1 },
      }),
      anthropicEvent('message_stop'),
    ]
    const { call, state } = setup(() => eventStream(events), { native: 'anthropic' })
    const first = await received(await call(native({ stream: true })))
    const again = await received(await call(native({ stream: true })))
    expect(state.calls).toBe(1)
    const told = readEvents(again.text)
    expect(told.map(({ event }) => event)).toEqual(readEvents(first.text).map(({ event }) => event))
    expect(told.at(-2)?.data.usage).toEqual({ output_tokens: 3, cost: 0, original_cost: 13e-6 })
    expect(told.slice(0, -2)).toEqual(readEvents(first.text).slice(0, -2))
  })

  it('is not kept without its end', async () => {
    const events = [
      ...streamStart('up'),
      anthropicEvent('message_delta', { delta: { stop_reason: 'end_turn' } }),
    ]
    const { call, state } = setup(() => eventStream(events), { native: 'anthropic' })
    await received(await call(native({ stream: true })))
    await received(await call(native({ stream: true })))
    expect(state.calls).toBe(2)
  })
})

describe("an answer in OpenAI's dialect", () => {
  it("serves a caller of Anthropic's as well: it is the same question", async () => {
    const { call, state } = setup(() => jsonReply(completion('Hi')))
    await call({ body: base })
    expect((await call(native())).cache).toEqual({ status: 'hit', kind: 'exact' })
    expect(state.calls).toBe(1)
  })

  it('is no answer to a request that cannot be told in it', async () => {
    const { call, state } = setup(() => jsonReply(completion('Hi')))
    await call({ body: base })
    expect((await call(native({}, { untranslatable: ['container'] }))).cache).toEqual({
      status: 'bypass',
    })
    expect(state.calls).toBe(2)
  })
})
