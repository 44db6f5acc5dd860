import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RouterError } from '../../../src/errors.ts'
import { appendExemplars } from '../../../src/training/exemplars/append-exemplars.ts'
import { exemplarId } from '../../../src/training/exemplars/exemplar-line.ts'
import { loadExemplars, loadHeldOut } from '../../../src/training/exemplars/exemplars.ts'
import { temporaryFolder, writeTraining } from '../../support/training-folder.ts'

const ROUTES = ['code', 'math']

const problemOf = async (files: Record<string, string | object[]>): Promise<string> => {
  const dir = await writeTraining(await temporaryFolder(), files)
  const error = await loadExemplars(dir, ROUTES).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(RouterError)
  expect((error as RouterError).code).toBe('invalid_exemplar')
  return (error as RouterError).message.replaceAll(`${dir}/`, '')
}

describe('loading training data', () => {
  it('reads every route file and none, with stable ids and the line each exemplar stands on', async () => {
    const dir = await writeTraining(await temporaryFolder(), {
      'code.jsonl':
        '\uFEFF{"text":"fix it","route":"code"}\r\n\n{"text":"b","route":"code","id":"own"}',
      'none.jsonl': [
        { text: 'hum', route: 'none', source: 'seed', style: 'fragment', language: 'en' },
      ],
      'held-out.jsonl': [{ text: 'held', route: 'code' }],
      'README.md': '# sources',
    })
    const exemplars = await loadExemplars(dir, ROUTES)
    expect(exemplars.map(({ id, route }) => [id, route])).toEqual([
      [exemplarId({ route: 'code', text: 'fix it' }), 'code'],
      ['own', 'code'],
      [exemplarId({ route: 'none', text: 'hum' }), 'none'],
    ])
    expect(exemplars[0]?.id).toMatch(/^ex_[0-9a-f]{12}$/)
    expect(exemplars[1]?.location).toBe(join(dir, 'code.jsonl:3'))
  })

  const cases: [string, Record<string, string | object[]>, string[]][] = [
    [
      'bad JSON',
      { 'code.jsonl': '{"text":"a","route":"code"}\n{oops' },
      ['code.jsonl:2', 'not valid JSON', '{"text": "…", "route": "code"}'],
    ],
    [
      "another route's line",
      { 'code.jsonl': [{ text: 'a', route: 'math' }] },
      ['code.jsonl:1', '"math"', 'math.jsonl'],
    ],
    [
      'a blank text',
      { 'code.jsonl': [{ text: ' \n', route: 'code' }] },
      ['code.jsonl:1', '"text" must not be empty'],
    ],
    [
      'a style that is no word',
      { 'code.jsonl': [{ text: 'a', route: 'code', style: 'Multiple choice' }] },
      ['code.jsonl:1', '"style" must be a word in lower case'],
    ],
    [
      'a language that is no code',
      { 'code.jsonl': [{ text: 'a', route: 'code', language: 'German' }] },
      ['code.jsonl:1', '"language" must be a language code'],
    ],
    [
      'a text of 20,001 characters',
      { 'code.jsonl': [{ text: 'x'.repeat(20_001), route: 'code' }] },
      ['code.jsonl:1', '20000'],
    ],
    [
      'a text that is a number',
      { 'code.jsonl': [{ text: 7, route: 'code' }] },
      ['code.jsonl:1', '"text" must be a string'],
    ],
    [
      'an unknown key',
      { 'code.jsonl': [{ text: 'a', route: 'code', lable: 'x' }] },
      ['code.jsonl:1', 'lable'],
    ],
    [
      'an unknown source',
      { 'code.jsonl': [{ text: 'a', route: 'code', source: 'web' }] },
      ['code.jsonl:1', '"source"', 'seed'],
    ],
    [
      'the same text twice',
      {
        'code.jsonl': [
          { text: 'a', route: 'code' },
          { text: ' a', route: 'code' },
        ],
      },
      ['code.jsonl:2', 'code.jsonl:1'],
    ],
    [
      'the same text in two routes',
      {
        'code.jsonl': [{ text: 'a', route: 'code' }],
        'math.jsonl': [{ text: 'a', route: 'math' }],
      },
      ['math.jsonl:1', 'code.jsonl:1', 'code, math'],
    ],
    [
      'the same id twice',
      {
        'code.jsonl': [
          { text: 'a', route: 'code', id: 'i' },
          { text: 'b', route: 'code', id: 'i' },
        ],
      },
      ['code.jsonl:2', '"i"', 'code.jsonl:1'],
    ],
  ]
  it.each(cases)(
    'refuses %s, naming file, line and what would be right',
    async (_, files, parts) => {
      const message = await problemOf(files)
      for (const part of parts) expect(message).toContain(part)
    },
  )

  it('lists every problem at once, and never quotes a text', async () => {
    const message = await problemOf({
      'code.jsonl': '{secret one\n{"text":"secret two","route":"math"}\n',
      'math.jsonl': [{ text: 'secret three', route: 'math', x: 1 }],
    })
    expect(message.split('\n')).toHaveLength(3)
    expect(message).not.toContain('secret')
  })

  it('finds nothing in a folder that does not exist, and names one that is a file', async () => {
    expect(await loadExemplars('/nowhere/at-all', ROUTES)).toEqual([])
    const dir = await writeTraining(await temporaryFolder(), { file: '' })
    await expect(loadExemplars(join(dir, 'file'), ROUTES)).rejects.toThrow(join(dir, 'file'))
  })

  it('does not read files of routes that are not configured, however bad they are', async () => {
    const dir = await writeTraining(await temporaryFolder(), {
      'code.jsonl': [{ text: 'a', route: 'code' }],
      'law.jsonl': '{oops\n{"text":"a","route":"law"}\n',
    })
    expect((await loadExemplars(dir, ROUTES)).map(({ route }) => route)).toEqual(['code'])
  })
})

describe('loading held-out rows', () => {
  it('is null without a file, and holds only rows of configured routes', async () => {
    const dir = await temporaryFolder()
    expect(await loadHeldOut(dir, ROUTES)).toBeNull()
    await writeTraining(dir, { 'held-out.jsonl': [{ text: 'a', route: 'none' }] })
    expect(await loadHeldOut(dir, ROUTES)).toEqual([{ text: 'a', route: 'none' }])
    const rows = [
      { text: 'a', route: 'law' },
      { text: 'b', route: 'math' },
    ]
    await writeTraining(dir, { 'held-out.jsonl': rows })
    expect(await loadHeldOut(dir, ROUTES)).toEqual([rows[1]])
    await writeTraining(dir, { 'held-out.jsonl': '{oops' })
    await expect(loadHeldOut(dir, ROUTES)).rejects.toThrow(/held-out\.jsonl:1.*not valid JSON/)
  })
})

describe('appending exemplars', () => {
  const exemplar = (text: string, route = 'code') => ({
    id: exemplarId({ text, route }),
    text,
    route,
    source: 'seed' as const,
  })

  it('makes lines that load as they were, also after a file without a final newline', async () => {
    const dir = await writeTraining(await temporaryFolder(), {
      'code.jsonl': '{"text":"a","route":"code"}',
    })
    const added = [exemplar('b\n"quoted"'), exemplar('c', 'math'), { ...exemplar('d'), id: 'own' }]
    await appendExemplars(dir, added)
    const loaded = await loadExemplars(dir, ROUTES)
    const plain = loaded.map(({ location: _, ...rest }) => rest)
    const own = added.map((given) => ({ ...given, isLibrary: false }))
    expect(plain).toEqual(expect.arrayContaining(own))
    expect(plain).toHaveLength(4)
    expect((await readFile(join(dir, 'code.jsonl'), 'utf8')).endsWith('\n')).toBe(true)
  })

  it('leaves every file as it was when one of them cannot be written', async () => {
    const dir = await writeTraining(await temporaryFolder(), {
      'code.jsonl': '{"text":"a","route":"code"}\n',
    })
    await writeTraining(join(dir, 'math.jsonl'), {})
    await expect(appendExemplars(dir, [exemplar('b'), exemplar('c', 'math')])).rejects.toThrow(
      'EISDIR',
    )
    expect(await readFile(join(dir, 'code.jsonl'), 'utf8')).toBe('{"text":"a","route":"code"}\n')
  })

  it('keeps lines whole when many are appended at the same time', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'code.jsonl'), '')
    const texts = Array.from({ length: 40 }, (_, i) => `text ${i} ${'x'.repeat(i * 50)}`)
    await Promise.all(texts.map((text) => appendExemplars(dir, [exemplar(text)])))
    expect((await loadExemplars(dir, ROUTES)).map(({ text }) => text).sort()).toEqual(texts.sort())
  })
})
