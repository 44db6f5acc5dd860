// A model that cannot serve a request is skipped with the reason; what is unknown is never held against it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Capability,
  checkCapabilities,
  eligibleModels,
  estimateTokens,
  type ModelLimits,
  requirementsOf,
} from '../../../src/core/decide/constraints.ts'

const UNKNOWN: ModelLimits = { capabilities: null, contextWindow: null, maxOutputTokens: null }
const user = (content: unknown) => ({ messages: [{ role: 'user', content }] })
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } }
const IMAGE = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }

const NEEDY: [name: string, need: Capability, body: Record<string, unknown>][] = [
  ['tools', 'tools', { ...user('hi'), tools: [TOOL] }],
  ['functions of the old form', 'tools', { ...user('hi'), functions: [{ name: 'f' }] }],
  [
    'an answer to a tool call',
    'tools',
    { messages: [{ role: 'tool', tool_call_id: 'c', content: '1' }] },
  ],
  [
    'an earlier tool call',
    'tools',
    { messages: [{ role: 'assistant', content: null, tool_calls: [{ id: 'c' }] }] },
  ],
  ['an image', 'vision', user([{ type: 'text', text: 'what is it?' }, IMAGE])],
  [
    'an image in an earlier turn',
    'vision',
    { messages: [...user([IMAGE]).messages, ...user('and now?').messages] },
  ],
  [
    'a JSON schema',
    'json_schema',
    { ...user('hi'), response_format: { type: 'json_schema', json_schema: {} } },
  ],
  ['audio', 'audio', user([{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }])],
  ['an answer in audio', 'audio', { ...user('hi'), modalities: ['text', 'audio'] }],
  ['a file', 'files', user([{ type: 'file', file: { file_id: 'f' } }])],
]

describe('checkCapabilities', () => {
  it.each(NEEDY)('%s needs a model with %s', (_name, need, body) => {
    const request = body as Parameters<typeof checkCapabilities>[0]
    const all: Capability[] = ['tools', 'vision', 'json_schema', 'audio', 'files']
    const others = all.filter((capability) => capability !== need)
    expect(checkCapabilities(request, { ...UNKNOWN, capabilities: [need] })).toBeNull()
    expect(checkCapabilities(request, { ...UNKNOWN, capabilities: others })).toMatchObject({
      constraint: need,
    })
    expect(checkCapabilities(request, UNKNOWN)).toBeNull()
  })

  it.each([
    ['plain text', user('hello')],
    ['an empty list of tools', { ...user('hello'), tools: [] }],
    ['JSON without a schema', { ...user('hello'), response_format: { type: 'json_object' } }],
    ['no content', user(null)],
  ])('%s needs nothing', (_name, body) => {
    expect(checkCapabilities(body, { ...UNKNOWN, capabilities: [] })).toBeNull()
  })

  it('skips a model whose context window the prompt and the asked output do not fit', () => {
    const body = { ...user('word '.repeat(700)), max_tokens: 500 } // about 1,000 + 500 tokens
    expect(checkCapabilities(body, { ...UNKNOWN, contextWindow: 2_000 })).toBeNull()
    expect(checkCapabilities(body, { ...UNKNOWN, contextWindow: 1_300 })).toEqual({
      constraint: 'context_window',
      message: expect.stringMatching(/^has a context window of 1300 tokens, .* about 15\d\d$/),
    })
  })

  it('counts tool schemas into the context', () => {
    const tools = [{ ...TOOL, description: 'long '.repeat(1_000) }]
    const limits = { ...UNKNOWN, contextWindow: 1_000 }
    expect(checkCapabilities(user('hi'), limits)).toBeNull()
    expect(checkCapabilities({ ...user('hi'), tools }, limits)?.constraint).toBe('context_window')
  })

  it('skips a model that cannot give as much output as was asked for, in either field', () => {
    const limits = { ...UNKNOWN, maxOutputTokens: 4_096 }
    const asked = (field: string, tokens: number) =>
      checkCapabilities({ ...user('hi'), [field]: tokens }, limits)
    expect(asked('max_tokens', 4_096)).toBeNull()
    expect(asked('max_tokens', 4_097)?.constraint).toBe('max_output_tokens')
    expect(asked('max_completion_tokens', 9_999)?.constraint).toBe('max_output_tokens')
    expect(checkCapabilities(user('hi'), limits)).toBeNull()
  })

  it('tells nothing of the prompt, and never throws, whatever the body', () => {
    fc.assert(
      fc.property(fc.array(fc.anything(), { maxLength: 4 }), fc.anything(), (messages, tools) => {
        const body = {
          messages: [...messages, { role: 'user', content: 'SECRET '.repeat(99) }],
          tools,
        }
        const limits = { capabilities: [], contextWindow: 1, maxOutputTokens: 1 }
        expect(checkCapabilities(body, limits)?.message).not.toContain('SECRET')
      }),
    )
  })
})

describe('eligibleModels', () => {
  it('keeps the order of those that can serve and gives the reason of each other', () => {
    const limits = {
      text: { ...UNKNOWN, capabilities: [] },
      eyes: { ...UNKNOWN, capabilities: ['vision' as const] },
      short: { ...UNKNOWN, contextWindow: 10 },
      open: UNKNOWN,
    }
    const requirements = requirementsOf(user([{ type: 'text', text: 'what is this?' }, IMAGE]))
    const models = ['open', 'text', 'eyes', 'short', 'unlisted', 'constructor']
    const { eligible, skipped } = eligibleModels(requirements, models, limits)
    expect(eligible).toEqual(['open', 'eyes', 'unlisted', 'constructor'])
    expect(skipped).toEqual([
      { model: 'text', constraint: 'vision', message: 'lacks vision, which the request needs' },
      { model: 'short', constraint: 'context_window', message: expect.any(String) },
    ])
  })
})

describe('estimateTokens', () => {
  it.each([
    // Tokens by gpt-tokenizer's o200k_base.
    ['The quick brown fox jumps over the lazy dog, and then it rests in the shade of a tree.', 21],
    ['Die schnelle Füchsin springt über den faulen Hund und ruht dann im Schatten.', 19],
    ['Быстрая лисица прыгает через ленивую собаку и отдыхает в тени.', 23],
    ['敏捷的棕色狐狸跳过了懒狗,然后在树荫下休息。', 23],
  ])('is of the right size for %s', (text, tokens) => {
    const estimate = estimateTokens(text)
    expect(estimate).toBeGreaterThanOrEqual(tokens * 0.9)
    expect(estimate).toBeLessThanOrEqual(tokens * 1.35)
  })

  it('never shrinks when text is added', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => estimateTokens(a + b) >= estimateTokens(a)),
    )
  })
})
