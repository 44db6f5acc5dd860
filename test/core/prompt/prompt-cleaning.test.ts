import { describe, expect, it } from 'vitest'
import { cleanPrompt } from '../../../src/core/prompt/prompt-cleaning.ts'

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n')

const BLOCKS: Record<string, { block: string; flag: string }> = {
  'a fence': {
    block: `\`\`\`python\n${lines(60, (i) => `    value_${i} = compute(${i})`)}\n\`\`\``,
    flag: 'code',
  },
  'an open fence': {
    block: `~~~rust\n${lines(60, (i) => `let v${i} = f(${i});`)}`,
    flag: 'code',
  },
  'code without a fence': {
    block: `function go(a) {\n${lines(30, (i) => `  const v${i} = a[${i}];`)}\n}`,
    flag: 'code',
  },
  'a log': {
    block: lines(40, (i) => `2031-04-0${(i % 9) + 1} 10:00:00 INFO worker ${i} is idle`),
    flag: 'log',
  },
  'a stack trace': {
    block: `TypeError: x is undefined\n${lines(20, (i) => `    at run${i} (/srv/app/file.js:${i}:3)`)}`,
    flag: 'log',
  },
  'a CSV': { block: lines(50, (i) => `2031-01-${i},${i * 3},${i * 7},north`), flag: 'table' },
  'a pipe table': { block: lines(30, (i) => `| row ${i} | ${i} | ${i * 2} |`), flag: 'table' },
  JSON: { block: `{\n${lines(40, (i) => `  "key${i}": "value ${i}",`)}\n}`, flag: 'data' },
  'quoted mail': {
    block: lines(12, (i) => `> we said on day ${i} that it would be fine`),
    flag: 'quote',
  },
  'a diff': {
    block: `\`\`\`diff\n${lines(40, (i) => `+ line ${i} of the new version of it`)}\n\`\`\``,
    flag: 'diff',
  },
  base64: { block: Buffer.from(lines(40, (i) => `secret ${i}`)).toString('base64'), flag: 'blob' },
  'a data URL': { block: `data:image/png;base64,${'iVBORw0KGgo'.repeat(40)}`, flag: 'blob' },
  hex: { block: '9f86d081884c7d65'.repeat(20), flag: 'blob' },
  'a letter': {
    block: lines(
      6,
      () =>
        'The harbour committee met again on Tuesday and it was decided to wait, because the money for the crane has not come yet.',
    ),
    flag: 'document',
  },
}

describe('cleaning a prompt', () => {
  it.each(Object.entries(BLOCKS))(
    'keeps the request beside %s, and little of that',
    (_, { block, flag }) => {
      const asked = 'what would you change about this?'
      for (const text of [`${asked}\n\n${block}`, `${block.replace(/^~~~.*/s, '')}\n\n${asked}`]) {
        if (!text.includes('\n\n') || text.trim() === asked) continue
        const cleaned = cleanPrompt(text)
        expect(cleaned.text).toContain(asked)
        expect(cleaned.flags).toContain(flag)
        expect(cleaned.text.length).toBeLessThan(500)
      }
    },
  )

  it('names kind, language and length of a long fence, and shows a little of it', () => {
    const fence = `\`\`\`python\ndef first(): pass\n${lines(30, (i) => `x${i} = ${i}`)}\nlast()\n\`\`\``
    const { text } = cleanPrompt(`please review\n${fence}`)
    expect(text).toContain('[code: python, 32 lines]')
    expect(text).toContain('def first(): pass')
    expect(text).toContain('last()')
  })

  it('shows how a log ends', () => {
    const log = `${lines(30, (i) => `10:00:${10 + i} INFO step ${i}`)}\n10:01:00 FATAL out of disk`
    expect(cleanPrompt(`what happened here?\n\n${log}`).text).toContain('FATAL out of disk')
  })

  it('leaves a short fence as it is', () => {
    const text = `${'Why is this wrong, I have looked at it for hours. '.repeat(5)}\n\`\`\`js\nfor (;;) {}\n\`\`\``
    expect(cleanPrompt(text)).toEqual({ text, flags: [], isWhole: true })
  })

  it('falls back to the content where there are no words of the human', () => {
    const code = `function go(a) {\n${lines(30, (i) => `  const v${i} = a[${i}];`)}\n}`
    const { text } = cleanPrompt(code)
    expect(text.startsWith('[code, 32 lines]\nfunction go(a) {')).toBe(true)
    expect(text).toContain('v17')
  })

  it('keeps a little of a text whose request says too little', () => {
    const letter = 'The harbour committee met again on Tuesday and decided to wait. '.repeat(12)
    const { text } = cleanPrompt(`${letter}\n\nopinions?`)
    expect(text).toContain('harbour committee')
    expect(text.length).toBeLessThan(120)
  })

  it('takes the end with the question for the request, not the salutation', () => {
    const body = 'We have waited for the crane since spring, and nobody has written to us. '.repeat(
      10,
    )
    const { text } = cleanPrompt(`Dear Ms Lee,\n\n${body}\n\nHow would you answer her?`)
    expect(text).toBe('How would you answer her?')
  })

  it('takes beginning and end of a long request', () => {
    const middle = 'Some beds get sun in the morning only, and others none before noon. '
    const text = `Make me a plan for a garden of nine beds. ${middle.repeat(20)}No roses, please.`
    const cleaned = cleanPrompt(text)
    expect(cleaned.flags).toEqual(['long'])
    expect(cleaned.text).toMatch(
      /^Make me a plan for a garden of nine beds\. [\s\S]+ No roses, please\.$/,
    )
    expect(cleaned.text.split(/\s+/).length).toBeLessThan(100)
  })

  it('tears no word and keeps what it took when it reads it again', () => {
    const { text } = cleanPrompt('I would like a plan for the vegetable garden. '.repeat(60))
    const [head = '', tail = ''] = text.split('\n…\n')
    expect(head).toMatch(/ (?:I|would|like|a|plan|for|the|vegetable|garden\.)$/)
    expect(tail).toMatch(/^(?:I|would|like|a|plan|for|the|vegetable|garden\.) /)
    expect(cleanPrompt(text)).toEqual({ text, flags: [], isWhole: true })
  })

  it('takes both ends of a long text without spaces', () => {
    const { text } = cleanPrompt(
      `请为花园制定计划。${'有些花坛只有早上有阳光。'.repeat(60)}不要玫瑰。`,
    )
    expect(text).toMatch(/^请为花园制定计划。[\s\S]+\n…\n[\s\S]+不要玫瑰。$/)
    expect(text.length).toBeLessThan(140)
  })

  const story = 'The harbour was quiet that morning, and nobody had seen the ferry leave. '.repeat(
    9,
  )

  it.each([
    [
      'a request before it',
      `Who owned ferries in those days, and why?\n\n${story}`,
      /^Who owned ferries in those days, and why\?$/,
    ],
    ['a request after it', `${story}\n\n-> auf Deutsch bitte`, /^-> auf Deutsch bitte$/],
  ])('drops prose beside %s', (_case, text, kept) => {
    const cleaned = cleanPrompt(text)
    expect(cleaned.text).toMatch(kept)
    expect(cleaned.flags).toEqual(['document'])
  })

  it.each([
    ['speaks of a task', `In this task you continue a story.\n${story}\n\nThe bell rang twice.`],
    ['is made of labelled parts', `Passage: ${story}\nOptions: yes, no, unknown\n\nDid it leave?`],
    [
      'stands before a part of a form',
      `Write on from here. ${story}\n\nInput: the bell rang twice`,
    ],
  ])('keeps both ends where the long part %s', (_case, text) => {
    const cleaned = cleanPrompt(text)
    expect(cleaned.flags).toEqual(['long'])
    expect(cleaned.text.startsWith(text.slice(0, 19))).toBe(true)
    expect(cleaned.text.endsWith(text.slice(-12))).toBe(true)
  })

  it('keeps addresses and paths', () => {
    const url = `https://example.org/${'some-long-path/'.repeat(12)}index.html?a=1`
    const text = `can you tell me what this page is about and whether it is worth reading at all: ${url}`
    expect(cleanPrompt(text).text).toBe(text)
  })
})
