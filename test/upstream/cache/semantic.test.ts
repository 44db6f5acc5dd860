// The semantic cache: an answer to a like question, of the same caller, in the same frame, in the same words.
import { describe, expect, it } from 'vitest'
import type { CallRequest } from '../../../src/upstream/call/call.ts'
import { fakeDecision } from '../../support/http-fakes.ts'
import { completion, jsonReply, received, setup } from './setup.ts'

type Changes = Parameters<typeof fakeDecision>[0]

const OWN: CallRequest['body'] = {
  model: 'auto',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'How do I undo a commit?' },
  ],
}
const REWORDED = 'Hi, how can I undo the commit?'

/** A row whose unit prefix of two numbers has this cosine with [1, 0]; what follows is no part of it. */
const row = (cosine: number) => Float32Array.of(cosine, Math.sqrt(1 - cosine ** 2), 9, 9)

const asked = (content: unknown, decision: Changes = {}, body: object = {}) => ({
  body: { ...OWN, messages: [OWN.messages[0], { role: 'user', content }], ...body },
  decision: fakeDecision({ model: 'small', route: 'code', embedding: row(0.98), ...decision }),
})

const started = async (mode: 'exact' | 'semantic' = 'semantic') => {
  const made = setup((_request, call) => jsonReply(completion(`answer ${call}`)), {
    cache: { mode, ttl_ms: 1_000 },
  })
  await made.call(asked('How do I undo a commit?', { embedding: row(1) }))
  return made
}

describe('the semantic cache', () => {
  it('answers the same question in other words of courtesy', async () => {
    const { call, state } = await started()
    const result = await call(asked(REWORDED))
    expect(result).toMatchObject({ attempts: [], cache: { status: 'hit', kind: 'semantic' } })
    expect((await received(result)).body).toMatchObject({ usage: { cost: 0 } })
    const parts = [{ type: 'text', text: REWORDED }]
    expect((await call(asked(parts))).cache).toMatchObject({ kind: 'semantic' })
    expect(state.calls).toBe(1)
  })

  it('is only for routes that ask for it', async () => {
    const { call } = await started('exact')
    expect((await call(asked(REWORDED))).cache).toEqual({ status: 'miss' })
  })

  it.each<[string, Partial<CallRequest>]>([
    ['a vector below the threshold', asked(REWORDED, { embedding: row(0.969) })],
    ['no vector', asked(REWORDED, { embedding: null })],
    ['another word', asked('Hi, how can I undo the merge?')],
    ['a negation', asked('How do I not undo a commit?')],
    ['another caller', asked(REWORDED, { principal: 'key-2' })],
    ['another model', asked(REWORDED, { model: 'large' })],
    ['another user of the same caller', asked(REWORDED, {}, { user: 'someone' })],
    ['a tool', asked(REWORDED, {}, { tools: [{ type: 'function', function: { name: 'f' } }] })],
    ['a parameter', asked(REWORDED, {}, { temperature: 0 })],
    [
      'another system prompt',
      asked(
        REWORDED,
        {},
        {
          messages: [
            { role: 'system', content: 'Be long.' },
            { role: 'user', content: REWORDED },
          ],
        },
      ),
    ],
    [
      'a history',
      asked(
        REWORDED,
        {},
        {
          messages: [
            ...OWN.messages,
            { role: 'assistant', content: 'So.' },
            { role: 'user', content: REWORDED },
          ],
        },
      ),
    ],
    [
      'an image',
      asked([
        { type: 'text', text: REWORDED },
        { type: 'image_url', image_url: { url: 'x' } },
      ]),
    ],
    ['several lines', asked('How do I undo\na commit?')],
    [
      'a prompt that was cut before it was embedded',
      asked(REWORDED, { routingText: { ...fakeDecision().routingText, isTruncated: true } }),
    ],
    [
      'a prompt with code that was not embedded',
      asked(REWORDED, { routingText: { ...fakeDecision().routingText, flags: ['code'] } }),
    ],
  ])('misses for %s', async (_difference, request) => {
    const { call, state } = await started()
    expect((await call(request)).cache).toEqual({ status: 'miss' })
    expect(state.calls).toBe(2)
  })

  it('takes the most similar that is still fresh', async () => {
    const { call, state } = await started()
    state.nowMs += 600
    await call({ ...asked('how to undo a commit', { embedding: row(0.5) }) })
    const close = { ...asked(REWORDED, { embedding: row(0.51) }) }
    expect((await received(await call(close))).body).toMatchObject({
      choices: [{ message: { content: 'answer 2' } }],
    })
    state.nowMs += 600
    expect((await call(asked(REWORDED, { embedding: row(1) }))).cache).toEqual({ status: 'miss' })
    expect((await call(close)).cache).toMatchObject({ status: 'hit' })
  })

  it('forgets what was pushed out', async () => {
    const made = setup((_request, call) => jsonReply(completion(`answer ${call}`)), {
      cache: { mode: 'semantic' },
      limits: { max_entries: 1 },
    })
    await made.call(asked('How do I undo a commit?'))
    await made.call(asked('What is a commit?'))
    expect((await made.call(asked(REWORDED))).cache).toEqual({ status: 'miss' })
  })
})
