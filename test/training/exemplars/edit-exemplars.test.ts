import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createExemplarEdits } from '../../../src/training/exemplars/edit-exemplars.ts'
import { EDITS_FILE, openEditJournal } from '../../../src/training/exemplars/edit-journal.ts'
import { exemplarId } from '../../../src/training/exemplars/exemplar-line.ts'
import { recordingLogger } from '../../store/fixtures.ts'
import { temporaryFolder } from '../../support/training-folder.ts'

const CODE =
  '{"text":"sort a list","route":"code","style":"order"}\n{"text":"fix a loop","route":"code"}\n'
const MATH = '{"text":"solve x","route":"math"}\n'

const id = (route: string, text: string): string => exemplarId({ route, text })

const createFolder = async () => {
  const dir = await temporaryFolder()
  writeFileSync(join(dir, 'code.jsonl'), CODE)
  writeFileSync(join(dir, 'math.jsonl'), MATH)
  const linesOf = (route: string) => readFileSync(join(dir, `${route}.jsonl`), 'utf8')
  const exemplars = [
    { id: id('code', 'sort a list'), text: 'sort a list', route: 'code', source: 'seed' as const },
    { id: id('math', 'solve x'), text: 'solve x', route: 'math', source: 'seed' as const },
  ]
  const clock = { nowMs: 1_000, builtAtMs: 500 }
  const logger = recordingLogger()
  const index = join(dir, 'index')
  const openEdits = async () =>
    createExemplarEdits({
      dir,
      routes: () => ['code', 'math'],
      live: () => ({
        ...{ exemplars, vectors: new Float32Array([1, 0, 0, 1]), searchDimensions: 2 },
        builtAtMs: clock.builtAtMs,
      }),
      // Whatever is about numbers lies where the one exemplar of math does.
      embed: async (text) => new Float32Array(text.includes('solve') ? [0, 1] : [0.7, 0.7]),
      journal: await openEditJournal(index, logger),
      now: () => clock.nowMs++,
    })
  return { dir, edits: await openEdits(), linesOf, openEdits, clock, index, logger }
}

describe('an exemplar that is added', () => {
  it('stands in the file of its route, and is told of', async () => {
    const { edits, linesOf } = await createFolder()
    const added = await edits.add({ text: ' port a module ', route: 'code', force: false })
    expect(added).toMatchObject({ text: 'port a module', route: 'code', source: 'seed' })
    expect(linesOf('code')).toBe(`${CODE}{"text":"port a module","route":"code","source":"seed"}\n`)
    expect(edits.edits()).toEqual([{ kind: 'added', exemplar: added, atMs: 1_000 }])
  })

  it.each([
    ['of a text that the route has', { text: 'Sort a  list', route: 'code' }, /has this text/],
    [
      'of a text of another route',
      { text: 'solve X', route: 'code' },
      /Another route has the same/,
    ],
    ['of no text', { text: '  ', route: 'code' }, /must not be empty/],
    ['of a route that there is not', { text: 'x', route: 'cod' }, /code/],
  ])('%s is refused, also with force', async (_what, wish, message) => {
    const { edits, linesOf } = await createFolder()
    await expect(edits.add({ ...wish, force: true })).rejects.toThrow(message)
    expect([linesOf('code'), linesOf('math')]).toEqual([CODE, MATH])
  })

  it('near an exemplar of another route is refused without force', async () => {
    const { edits, linesOf } = await createFolder()
    const wish = { text: 'solve y', route: 'code' }
    await expect(edits.add({ ...wish, force: false })).rejects.toThrow(/almost the same text/)
    expect(linesOf('code')).toBe(CODE)
    await edits.add({ ...wish, force: true })
    expect(linesOf('code')).toContain('solve y')
  })
})

describe('an exemplar that is moved', () => {
  it('keeps what its line says of it, and leaves the others as they were', async () => {
    const { edits, linesOf } = await createFolder()
    const to = await edits.move({ route: 'code', id: id('code', 'sort a list') }, 'math')
    expect(to).toMatchObject({ id: id('math', 'sort a list'), route: 'math' })
    expect(linesOf('code')).toBe('{"text":"fix a loop","route":"code"}\n')
    expect(linesOf('math')).toBe(`${MATH}{"text":"sort a list","route":"math","style":"order"}\n`)
    expect(edits.edits()).toMatchObject([{ kind: 'moved', to: { route: 'math' } }])
  })

  it('stays where the other route has its text, or is none', async () => {
    const { edits, dir, linesOf } = await createFolder()
    writeFileSync(join(dir, 'math.jsonl'), '{"text":"a","route":"math"}\n')
    const line = { route: 'code', id: id('code', 'fix a loop') }
    await expect(edits.move(line, 'code')).rejects.toThrow(/already/)
    await expect(edits.move(line, 'nowhere')).rejects.toThrow(/nowhere/)
    expect(linesOf('code')).toBe(CODE)
  })
})

describe('exemplars that are moved together', () => {
  const sort = { route: 'code', id: id('code', 'sort a list') }
  const loop = { route: 'code', id: id('code', 'fix a loop') }
  const solve = { route: 'math', id: id('math', 'solve x') }

  it('go where they shall, and the others are named with what is in their way', async () => {
    const { edits, linesOf } = await createFolder()
    const stranger = { route: 'code', id: 'fb_0123' }
    const { moved, refused } = await edits.moveAll([sort, solve, stranger, loop], 'math')
    expect(moved.map(({ exemplar, to }) => [exemplar.route, to.route, to.text])).toEqual([
      ['code', 'math', 'sort a list'],
      ['code', 'math', 'fix a loop'],
    ])
    expect(refused.map(({ line, error }) => [line, error.message])).toEqual([
      [stranger, expect.stringContaining('quarantine it instead')],
      [solve, 'It is an exemplar of math already.'],
    ])
    expect(linesOf('code')).toBe('')
    expect(linesOf('math').trim().split('\n')).toHaveLength(3)
  })

  it('are found where they went, and are as they were once they came back', async () => {
    const { edits, linesOf } = await createFolder()
    const { moved } = await edits.moveAll([sort], 'math')
    const again = await edits.moveAll([sort], 'math')
    expect(again.refused[0]?.error.message).toContain('already')
    await edits.moveAll([sort], 'none')
    expect(edits.edits()).toMatchObject([{ exemplar: sort, to: { route: 'none' } }])
    expect(linesOf('math')).toBe(MATH)
    await edits.moveAll(
      moved.map(({ exemplar }) => exemplar),
      'code',
    )
    expect(linesOf('none')).toBe('')
    expect(linesOf('code')).toContain('"style":"order"')
    expect(edits.edits()).toEqual([])
  })

  it('keep an id that their line names, there and back', async () => {
    const { edits, dir, linesOf } = await createFolder()
    const named = '{"text":"sort a list","route":"code","id":"mine"}\n'
    writeFileSync(join(dir, 'code.jsonl'), named)
    const { moved } = await edits.moveAll([{ route: 'code', id: 'mine' }], 'math')
    expect(edits.edits()).toMatchObject([{ to: { route: 'math', id: 'mine' } }])
    await edits.moveAll(
      moved.map(({ to }) => to),
      'code',
    )
    expect([linesOf('code'), edits.edits()]).toEqual([named, []])
  })

  it('stay where their file cannot be written', async () => {
    const { edits, dir, linesOf } = await createFolder()
    // A folder in the place of the file that is written beside it.
    mkdirSync(join(dir, `code.jsonl.${process.pid}.tmp`))
    const { moved, refused } = await edits.moveAll([sort, loop], 'math')
    expect([moved, refused.length]).toEqual([[], 2])
    expect([linesOf('code'), linesOf('math')]).toEqual([CODE, MATH])
    expect(edits.edits()).toEqual([])
  })

  it('stay where the other route has their text in other letters', async () => {
    const { edits, dir, linesOf } = await createFolder()
    writeFileSync(join(dir, 'none.jsonl'), '{"text":"Fix a  LOOP","route":"none"}\n')
    const { moved, refused } = await edits.moveAll([loop, sort], 'none')
    expect(refused[0]?.error.message).toMatch(/none\.jsonl:1 has the same text already/)
    expect(moved.map(({ to }) => to.text)).toEqual(['sort a list'])
    expect(linesOf('code')).toBe('{"text":"fix a loop","route":"code"}\n')
  })
})

describe('an exemplar that is removed', () => {
  it('is gone from its file, which keeps its rights', async () => {
    const { edits, dir, linesOf } = await createFolder()
    chmodSync(join(dir, 'code.jsonl'), 0o640)
    await edits.remove({ route: 'code', id: id('code', 'fix a loop') })
    expect(linesOf('code')).toBe('{"text":"sort a list","route":"code","style":"order"}\n')
    expect(statSync(join(dir, 'code.jsonl')).mode & 0o777).toBe(0o640)
  })

  it('is one of two lines alike where a line is named', async () => {
    const { edits, dir, linesOf } = await createFolder()
    writeFileSync(join(dir, 'math.jsonl'), MATH + MATH)
    await edits.remove({ route: 'math', id: id('math', 'solve x'), line: 2 })
    expect(linesOf('math')).toBe(MATH)
  })

  it('that stands in no file, or on another line, changes nothing', async () => {
    const { edits, linesOf } = await createFolder()
    await expect(edits.remove({ route: 'code', id: 'fb_0123' })).rejects.toThrow(/quarantine/)
    const line = { route: 'code', id: id('code', 'fix a loop'), line: 1 }
    await expect(edits.remove(line)).rejects.toThrow(/check the training data again/)
    await expect(edits.remove({ ...line, route: '../code' })).rejects.toThrow(/no file/)
    await expect(edits.remove({ ...line, route: 'held-out' })).rejects.toThrow(/no file/)
    expect(linesOf('code')).toBe(CODE)
  })
})

describe('edits', () => {
  it('are known after a restart, until a generation is built with them', async () => {
    const { edits, openEdits, clock, index } = await createFolder()
    await edits.add({ text: 'port a module', route: 'code', force: false })
    await edits.move({ route: 'code', id: id('code', 'sort a list') }, 'math')
    await edits.remove({ route: 'code', id: id('code', 'fix a loop') })
    const again = await openEdits()
    expect(again.edits()).toMatchObject([
      { kind: 'removed', exemplar: { id: id('code', 'fix a loop') }, atMs: 1_002 },
      { kind: 'moved', to: { id: id('math', 'sort a list'), route: 'math' } },
      { kind: 'added', exemplar: { text: 'port a module' } },
    ])
    expect(readFileSync(join(index, EDITS_FILE), 'utf8')).not.toContain('fix a loop')
    clock.builtAtMs = 1_001
    expect(again.edits()).toMatchObject([{ kind: 'removed' }])
    expect(edits.edits()).toMatchObject([{ kind: 'removed' }])
  })

  it('keep no text of what was removed, whatever was done with it before', async () => {
    const { edits, openEdits, index } = await createFolder()
    const { id: added } = await edits.add({ text: 'port a module', route: 'code', force: false })
    await edits.add({ text: 'derive a bound', route: 'math', force: false })
    const to = await edits.move({ route: 'code', id: added }, 'math')
    await edits.remove({ route: 'math', id: to.id })
    const journal = readFileSync(join(index, EDITS_FILE), 'utf8')
    expect(journal).not.toContain('port a module')
    expect(journal).toContain('derive a bound')
    expect((await openEdits()).edits()).toHaveLength(edits.edits().length)
  })

  it('of a journal that a crash cut off, or that has grown long, are read as far as they stand', async () => {
    const { edits, openEdits, index } = await createFolder()
    await edits.add({ text: 'port a module', route: 'code', force: false })
    const file = join(index, EDITS_FILE)
    const line = readFileSync(file, 'utf8')
    writeFileSync(file, `${line.repeat(700)}{"kind":"add`)
    expect((await openEdits()).edits()).toHaveLength(500)
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(501)
    expect((await openEdits()).edits()).toHaveLength(500)
  })

  it('count where the journal cannot be written, and the log says so', async () => {
    const { edits, linesOf, index, logger } = await createFolder()
    writeFileSync(index, 'no folder')
    await edits.add({ text: 'port a module', route: 'code', force: false })
    expect(linesOf('code')).toContain('port a module')
    expect(edits.edits()).toHaveLength(1)
    expect(logger.lines).toMatchObject([{ level: 'warn' }])
  })
})
