import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { routingText } from '../../../src/core/prompt/prompt.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const options = { maxChars: 300, digest }
const user = (content: unknown) => [{ role: 'user', content }]

describe('routing text', () => {
  it('is the last human turn, whatever the system prompt, tools and answers around it say', () => {
    const made = routingText(
      [
        { role: 'system', content: 'You are an expert poet.' },
        { role: 'user', content: 'write a haiku' },
        { role: 'assistant', content: 'Leaves fall…' },
        { role: 'user', content: 'now fix my loop' },
        { role: 'tool', content: '{"rows": 3}' },
      ],
      options,
    )
    expect(made.text).toBe('now fix my loop')
    expect(made.hasSignal).toBe(true)
  })

  it('joins text parts and notes images and files as flags', () => {
    const made = routingText(
      user([
        { type: 'text', text: 'what is' },
        { type: 'image_url', image_url: { url: 'data:…' } },
        { type: 'text', text: 'in this picture?' },
      ]),
      options,
    )
    expect(made.text).toBe('what is\nin this picture?\n[an image is attached]')
    expect(made.flags).toEqual(['image'])
  })

  it.each([
    [{ type: 'input_image', image_url: 'data:…' }, 'image'],
    [{ type: 'input_file', file_id: 'f' }, 'file'],
    [{ type: 'document', source: { type: 'text', data: 'a report' }, title: 'text' }, 'file'],
    [{ type: 'input_audio', input_audio: { data: '' } }, 'audio'],
  ])('reads Responses parts and Anthropic blocks: %j', (part, flag) => {
    const made = routingText(user([{ type: 'input_text', text: 'and this?' }, part]), options)
    expect(made.text).toMatch(/^and this\?\n\[an? [a-z ]+ is attached\]$/)
    expect(made.flags).toEqual([flag])
  })

  it('takes an attachment without a word for a signal', () => {
    const made = routingText(user([{ type: 'image', source: {} }]), options)
    expect(made).toMatchObject({ text: '[an image is attached]', hasSignal: true })
  })

  it('leaves harness blocks out and says so', () => {
    const made = routingText(
      user('<system-reminder>Write poems only.</system-reminder>\nadd 2 and 3'),
      options,
    )
    expect(made.text).toBe('add 2 and 3')
    expect(made.flags).toEqual(['harness'])
  })

  it('keeps a block that is never closed', () => {
    expect(routingText(user('<system-reminder> oops'), options).text).toBe('<system-reminder> oops')
  })

  it('keeps both ends of a long prompt and says that it was cut', () => {
    const made = routingText(user(`START ${'x '.repeat(1000)} END`), options)
    expect(made.isTruncated).toBe(true)
    expect(made.text.startsWith('START')).toBe(true)
    expect(made.text.endsWith('END')).toBe(true)
    expect(made.text.length).toBeLessThanOrEqual(options.maxChars)
  })

  it.each([['', '   ', '…!?', '\0\0', '🙂🙂', null, undefined, []]].flat())(
    'has no signal in %j',
    (content) => {
      expect(routingText(user(content), options).hasSignal).toBe(false)
    },
  )

  it('is well-formed, bounded and free of NUL for any input', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (content) => {
        const { text } = routingText(user(content), options)
        expect(text.isWellFormed()).toBe(true)
        expect(text).not.toContain('\0')
        expect(text.length).toBeLessThanOrEqual(options.maxChars)
      }),
    )
  })

  it('looks only so far into hostile input, and says so', () => {
    const hostile = [
      '<system-reminder>'.repeat(60_000),
      '<system-reminder '.repeat(60_000),
      Array.from({ length: 60_000 }, (_, i) => `<a${i}-context>`).join(''),
      '```\n'.repeat(250_000),
      '\n'.repeat(1_000_000),
      'aB3'.repeat(330_000),
      '</task>'.repeat(140_000),
    ]
    for (const text of hostile) expect(routingText(user(text), options).isTruncated).toBe(true)
  })
})
