import { describe, expect, it } from 'vitest'
import { humanTurns, isToolStep } from '../../../src/core/prompt/prompt-turns.ts'

const toolResult = { type: 'tool_result', tool_use_id: 't', content: 'fatal: not a repository' }
const textsOf = (messages: { role: string; content?: unknown }[]) =>
  humanTurns(messages, 10).map(({ text }) => text)

describe('human turns', () => {
  it('come newest first, without what system, tools and assistant said', () => {
    expect(
      textsOf([
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'no' },
        { role: 'user', content: 'second' },
        { role: 'tool', content: '{}' },
      ]),
    ).toEqual(['second', 'first'])
  })

  it('are not the tool results that Anthropic puts into user messages', () => {
    const turns = humanTurns(
      [
        { role: 'user', content: 'commit this' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'bash', input: {} }] },
        { role: 'user', content: [toolResult] },
      ],
      5,
    )
    expect(turns.map(({ text }) => text)).toEqual(['commit this'])
  })

  it('are the words beside a tool result', () => {
    const content = [toolResult, { type: 'text', text: 'then run git init first' }]
    expect(humanTurns([{ role: 'user', content }], 5)).toEqual([
      { text: 'then run git init first', flags: ['tool_result'], isWhole: true },
    ])
  })

  it('pass over user messages that a harness filled', () => {
    expect(
      textsOf([
        { role: 'user', content: 'rename the class' },
        { role: 'user', content: '<environment_context><cwd>/src</cwd></environment_context>' },
      ]),
    ).toEqual(['rename the class'])
  })

  it('fall back to a message of harness blocks where there is nothing else', () => {
    const content = '<system-reminder>The list is empty.</system-reminder>'
    expect(textsOf([{ role: 'user', content }])).toEqual([content])
  })

  it('stop reading a history that is too long to be read', () => {
    const filled = `<system-reminder>${'x'.repeat(50_000)}</system-reminder>`
    const noise = Array.from({ length: 20 }, () => ({ role: 'user', content: filled }))
    expect(textsOf([{ role: 'user', content: 'far away' }, ...noise])).toEqual([filled])
  })
})

describe('a tool step', () => {
  it.each([
    [
      [
        { role: 'user', content: 'a' },
        { role: 'tool', content: 'b' },
      ],
    ],
    [[{ role: 'user', content: [toolResult] }]],
    [[{ role: '', type: 'function_call_output', output: 'x' }]],
  ])('is a request that a tool spoke last in: %j', (messages) => {
    expect(isToolStep(messages)).toBe(true)
  })

  it('is not a request that a human spoke last in', () => {
    expect(
      isToolStep([
        { role: 'tool', content: 'b' },
        { role: 'user', content: 'a' },
      ]),
    ).toBe(false)
    expect(isToolStep([])).toBe(false)
  })
})
