import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { importFeedback, type RowResult } from '../../src/feedback/import-feedback.ts'
import { importedDecisionId } from '../../src/feedback/import-id.ts'
import type { FoundRow } from '../../src/feedback/import-row.ts'
import { feedbackFormatOf, readFeedbackFile } from '../../src/feedback/read-feedback-file.ts'
import { temporaryFolder } from '../store/fixtures.ts'
import { createImport, decisionFor } from './fixtures.ts'

const found = (values: unknown[]): FoundRow[] => values.map((value, i) => ({ line: i + 1, value }))

const run = async (
  values: unknown[],
  setUp: Awaited<ReturnType<typeof createImport>>,
  options: { dryRun?: boolean } = {},
) => {
  const results: RowResult[] = []
  const summary = await importFeedback(found(values), setUp.deps, {
    ...options,
    onRow: (result) => results.push(result),
  })
  return { summary, results }
}

describe('an import of labelled prompts', () => {
  it('routes each, records it once as a dry run, and votes by its label', async () => {
    const setUp = await createImport()
    const { summary } = await run(
      [
        { text: 'an endless loop', route: 'code' },
        { prompt: 'a tax on loops', intent: 'finance' },
        { text: 'nothing that is known', route: 'none' },
      ],
      setUp,
    )
    expect(summary).toEqual({
      rows: 3,
      added: 3,
      replaced: 0,
      unchanged: 0,
      refused: 0,
      agreed: 1,
      corrected: 2,
    })
    const votes = await setUp.store.listFeedback()
    expect(votes).toMatchObject([
      { text: 'an endless loop', route: 'code', verdict: 'good', correctRoute: null },
      { text: 'a tax on loops', route: 'code', verdict: 'bad', correctRoute: 'finance' },
      { text: 'nothing that is known', verdict: 'bad', correctRoute: 'none' },
    ])
    for (const { source, principal, embedding } of votes) {
      expect([source, principal, embedding?.length]).toEqual(['import', 'import', 8])
    }
    const decision = await setUp.store.getDecision(importedDecisionId('an endless loop'))
    expect(decision).toMatchObject({ outcome: 'dry_run', principal: 'import' })
  })

  it('changes nothing the second time, and routes nothing again', async () => {
    const setUp = await createImport()
    const rows = [
      { text: 'an endless loop', route: 'code' },
      { text: 'a tax on loops', route: 'finance' },
    ]
    await run(rows, setUp)
    const before = await setUp.store.listFeedback()
    const { summary } = await run(rows, setUp)
    expect(summary).toMatchObject({ added: 0, unchanged: 2 })
    expect(await setUp.store.listFeedback()).toEqual(before)
    expect(setUp.routed).toHaveLength(2)
  })

  it('takes the last label where a text has several, in one file or a later one', async () => {
    const setUp = await createImport()
    const text = 'an endless loop'
    const first = await run(
      [
        { text, route: 'code' },
        { text, route: 'finance' },
      ],
      setUp,
    )
    expect(first.summary).toMatchObject({ added: 1, replaced: 1 })
    await run([{ text, route: 'none' }], setUp)
    expect(await setUp.store.listFeedback()).toMatchObject([{ correctRoute: 'none' }])
  })

  it('sorts what it records behind everything that was really asked', async () => {
    const setUp = await createImport()
    setUp.store.recordDecision(decisionFor('really asked'), 'dry_run')
    await run([{ text: 'an endless loop', route: 'code' }], setUp)
    const { decisions } = await setUp.store.listDecisions({ limit: 10 })
    expect(decisions.map(({ routingText }) => routingText.text)).toEqual([
      'really asked',
      'an endless loop',
    ])
  })

  it('makes ids that are uuids of version 8, one for each text', () => {
    const ids = Array.from({ length: 500 }, (_, i) => importedDecisionId(`text ${i}`))
    for (const id of ids) {
      expect(id).toMatch(/^00000000-0000-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
    expect(new Set(ids).size).toBe(500)
  })
})

describe('rows', () => {
  it('may be votes on stored decisions, with a score for the verdict', async () => {
    const setUp = await createImport()
    setUp.store.recordDecision(decisionFor('x', { id: 'd1' }), 'dry_run')
    setUp.store.recordDecision(decisionFor('y', { id: 'd2' }), 'dry_run')
    const { summary } = await run(
      [
        { decision_id: 'd1', verdict: 'bad', correct_route: 'code', comment: 'c', more: 1 },
        { decision_id: 'd2', score: 0.75 },
      ],
      setUp,
    )
    expect(summary).toMatchObject({ added: 2, agreed: 0, corrected: 0 })
    const votes = await setUp.store.listVotes({ limit: 10 })
    expect(votes.map(({ decisionId, verdict, score }) => [decisionId, verdict, score])).toEqual([
      ['d2', 'good', 0.75],
      ['d1', 'bad', null],
    ])
    expect(setUp.routed).toEqual([])
  })

  it('that are bad are named, and the rest is taken', async () => {
    const setUp = await createImport()
    const { summary, results } = await run(
      [
        { text: 'an endless loop', route: 'code' },
        { text: 'x y', route: 'cod' },
        { text: '  ', route: 'code' },
        { route: 'code' },
        'a string',
        { decision_id: 'nobody', verdict: 'good' },
        { decision_id: 'nobody', verdict: 'meh' },
        { decision_id: 'nobody' },
        { text: 'timeout please', route: 'code' },
        { text: '???', route: 'code' },
      ],
      setUp,
    )
    expect(summary).toMatchObject({ rows: 10, added: 1, refused: 9 })
    const refused = results.filter(({ status }) => status === 'refused')
    expect(refused.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      expect.stringContaining('2: '),
      '3: its text must not be empty',
      '4: has neither decision_id and verdict nor text and route',
      '5: is not an object like {"text": "…", "route": "…"}',
      '6: no stored decision has this id',
      expect.stringContaining('7: its verdict is not as documented'),
      '8: has neither a verdict nor a score',
      '9: could not be routed (encoder_timeout); import it again',
      '10: its text has no word to route by',
    ])
    expect(refused[0]?.reason).toContain('code')
    expect((await setUp.store.listFeedback()).length).toBe(1)
  })

  it('are only checked in a dry run', async () => {
    const setUp = await createImport()
    const { summary } = await run(
      [
        { text: 'an endless loop', route: 'code' },
        { text: 'x', route: 'nowhere' },
      ],
      setUp,
      { dryRun: true },
    )
    expect(summary).toMatchObject({ added: 1, refused: 1 })
    expect([setUp.routed, await setUp.store.listFeedback()]).toEqual([[], []])
  })

  it('may be many: a thousand in chunks, in their order', async () => {
    const setUp = await createImport()
    const rows = Array.from({ length: 1_000 }, (_, i) => ({ text: `loop ${i}`, route: 'code' }))
    const { summary, results } = await run(rows, setUp)
    expect(summary.added).toBe(1_000)
    expect(results.map(({ line }) => line)).toEqual(rows.map((_, i) => i + 1))
  })

  it('stop where the store fails, and go on from there when imported again', async () => {
    const setUp = await createImport()
    let calls = 0
    const addVotes: typeof setUp.store.addVotes = async (votes) => {
      if (++calls === 2) throw new RouterError('store_unavailable', 'The disk is full.')
      return setUp.store.addVotes(votes)
    }
    const failing = { ...setUp.deps, store: { ...setUp.store, addVotes } }
    const rows = Array.from({ length: 150 }, (_, i) => ({ text: `loop ${i}`, route: 'code' }))
    await expect(importFeedback(found(rows), failing)).rejects.toThrow('The disk is full.')
    const { summary } = await run(rows, setUp)
    expect(summary).toMatchObject({ added: 50, unchanged: 100 })
  })

  it('whose decision is lost before it is written are refused', async () => {
    const setUp = await createImport()
    const recordDecision = () => {} // as a full queue does
    const dropping = { ...setUp.deps, store: { ...setUp.store, recordDecision } }
    const summary = await importFeedback(found([{ text: 'loop', route: 'code' }]), dropping)
    expect(summary).toMatchObject({ added: 0, refused: 1 })
  })
})

const rowsOf = async (name: string, content: string): Promise<FoundRow[]> => {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  const rows: FoundRow[] = []
  for await (const row of readFeedbackFile(path, feedbackFormatOf(path))) rows.push(row)
  return rows
}

describe('a feedback log on disk', () => {
  it('is read line by line as JSON Lines, bad lines in their place', async () => {
    expect(await rowsOf('log.jsonl', '\uFEFF{"a":1}\r\n\n{"a":\n{"a":2}')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 3, error: 'is not valid JSON' },
      { line: 4, value: { a: 2 } },
    ])
  })

  it('is read as CSV with a header, quoted lines counted', async () => {
    const csv = 'text,route\n"two\nlines",code\nshort\nplain,finance\n'
    expect(await rowsOf('log.csv', csv)).toEqual([
      { line: 2, value: { text: 'two\nlines', route: 'code' } },
      { line: 4, error: 'has 1 fields, the header 2' },
      { line: 5, value: { text: 'plain', route: 'finance' } },
    ])
  })

  it('says where CSV breaks off', async () => {
    const rows = await rowsOf('log.csv', 'text,route\nfine,code\n"never ends,code\n')
    expect(rows[0]).toEqual({ line: 2, value: { text: 'fine', route: 'code' } })
    expect(rows[1]).toMatchObject({ error: expect.stringContaining('is not valid CSV') })
  })

  it('leaves empty cells of CSV out', async () => {
    const setUp = await createImport()
    setUp.store.recordDecision(decisionFor('x', { id: 'd1' }), 'dry_run')
    const csv = 'decision_id,verdict,correct_route,score,comment,text,route\nd1,,,0.25,,,\n'
    const summary = await importFeedback(await rowsOf('log.csv', csv), setUp.deps)
    expect(summary.added).toBe(1)
    expect(await setUp.store.listVotes({ limit: 1 })).toMatchObject([
      { verdict: 'bad', score: 0.25, correctRoute: null, comment: null },
    ])
  })

  it('says so where it is not there', async () => {
    const rows = readFeedbackFile('/nowhere/log.csv', 'csv')
    await expect(rows.next()).rejects.toThrow('/nowhere/log.csv cannot be read (ENOENT).')
    expect(() => feedbackFormatOf('log.txt')).toThrow('--format')
  })
})
