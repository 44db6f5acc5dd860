// A model is asked as it was chosen, unless the caller asks for more himself.
import { expect, it } from 'vitest'
import type { UpstreamRequest } from '../../../src/dialects/chat/upstream-request.ts'
import { asAction } from '../../../src/upstream/resilience/as-action.ts'

const requestOf = (target: object, body: object = {}) =>
  ({
    target: { provider: 'p', model: 'big@low', upstreamName: 'big', price: {}, ...target },
    body: { model: 'auto', messages: [], ...body },
    native: { dialect: 'anthropic', body: {} },
    route: 'code',
  }) as unknown as UpstreamRequest

it('leaves a request for a plain model as it is', () => {
  const request = requestOf({ effort: null, answerTokens: null })
  expect(asAction(request)).toBe(request)
})

it('asks for the effort, in the form that says it, where the caller names none', () => {
  const asked = asAction(requestOf({ effort: 'low' }))
  expect(asked.body.reasoning_effort).toBe('low')
  expect(asked.native).toBeUndefined()
  const own = asAction(requestOf({ effort: 'low' }, { reasoning_effort: 'high' }))
  expect(own.body.reasoning_effort).toBe('high')
})

it.each([
  [{}, 500, undefined],
  [{ max_tokens: 2_000 }, 500, undefined],
  [{ max_completion_tokens: 800 }, 500, undefined],
  [{ max_tokens: 200 }, undefined, 200],
  [{ max_completion_tokens: 300 }, 300, undefined],
])('limits an answer of %o to 500 tokens', (body, completion, tokens) => {
  const asked = asAction(requestOf({ answerTokens: 500 }, body)).body
  expect(asked.max_completion_tokens).toBe(completion)
  expect(asked.max_tokens).toBe(tokens)
})
