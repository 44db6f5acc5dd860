import { describe, expect, it } from 'vitest'
import { isToolReport, textualCall } from '../../../src/core/prompt/agent-step.ts'
import { type PromptMessage, routingText } from '../../../src/core/prompt/prompt.ts'
import { isToolStep } from '../../../src/core/prompt/prompt-turns.ts'
import { longLoop, SHAPES, TASKS } from '../../support/agent-shapes.ts'

const textOf = (messages: readonly PromptMessage[]): string =>
  routingText(messages, { maxChars: 8_000, digest: (text) => text }).text

describe.each(Object.entries(SHAPES))('in a loop of %s', (_name, shape) => {
  it.each(TASKS)('the task is what is classified: %s', (task) => {
    expect(textOf(shape(task))).toBe(task)
    expect(textOf(longLoop(shape, task))).toBe(task)
  })

  it('the request is a step of the task', () => {
    expect(isToolStep(shape('Sort the list'))).toBe(true)
  })

  it('a new request is one', () => {
    const next = 'Now write a birthday poem for my grandmother'
    const messages = [
      ...shape('Sort the list'),
      { role: 'assistant', content: 'Done: it is sorted.' },
      { role: 'user', content: next },
    ]
    expect(textOf(messages)).toBe(next)
    expect(isToolStep(messages)).toBe(false)
  })
})

describe('what the user says beside a result', () => {
  const call = { role: 'assistant', content: '<write_file>\n<path>a</path>\n</write_file>' }

  it('is the turn', () => {
    const content =
      "[write_file for 'a'] Result:\n\nThe user denied this operation and provided the following feedback:\n<feedback>\nwrite it in Italian instead\n</feedback>"
    expect(
      textOf([{ role: 'user', content: 'Write a poem' }, call, { role: 'user', content }]),
    ).toBe('write it in Italian instead')
  })

  it('is a turn where it is a few words in the place of a result', () => {
    const content = 'no, put that into notes.md'
    expect(
      textOf([{ role: 'user', content: 'Write a poem' }, call, { role: 'user', content }]),
    ).toBe(content)
  })
})

describe('an ordinary chat is no tool loop', () => {
  const CHATS: [string, string, string][] = [
    [
      'a shell command and a text to summarise',
      'Run this:\n\n```bash\nls\n```',
      'Summarise this mail:\n\nDear all,\nthe meeting moves to Friday, because the room is taken.\nKind regards',
    ],
    [
      'an HTML page and a question',
      'Here:\n<div>\n<p>Hi</p>\n</div>',
      'Result: I like it. Now translate the page',
    ],
    [
      'prose and a bracketed word',
      'The error is harmless.',
      '[ERROR] connection refused: why do I see this?',
    ],
    [
      'prose and a label',
      'Water boils at 100 degrees.',
      'Observation: mine boils at 95 degrees. Why?',
    ],
    [
      'a first message that looks like output',
      '',
      'Output: 3 apples. How many are left when I eat one?',
    ],
  ]
  it.each(CHATS)('%s', (_name, answer, content) => {
    const before = [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: answer },
    ]
    const messages = [...(answer === '' ? [] : before), { role: 'user', content }]
    expect(isToolStep(messages)).toBe(false)
  })
})

describe('a call in text', () => {
  it('is told from an example by where it stands', () => {
    expect(textualCall('Use <read_file> to read a file, for instance.')).toBe(null)
    expect(textualCall('Then:\n<read_file>\n<path>a</path>\n</read_file>')).toBe('call')
  })

  it('is told from a snippet: only a command asks for an answer', () => {
    expect(textualCall('```yaml\na: 1\n```')).toBe(null)
    expect(textualCall('```bash\nmake\n```')).toBe('command')
  })

  it('makes a long reply a result, whatever it holds', () => {
    const text = 'Once upon a time there was a kettle. '.repeat(30)
    expect(isToolReport(text, { call: 'call', isAgent: true })).toBe(true)
    expect(isToolReport(text, { call: 'command', isAgent: true })).toBe(false)
    expect(isToolReport(text, { call: null, isAgent: false })).toBe(false)
  })
})
