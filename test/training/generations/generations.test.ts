// Listing, promoting, rolling back and retaining, on generations that were written and never fitted.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  listReports,
  readReport,
  writeReport,
} from '../../../src/training/generations/generation-report.ts'
import {
  describeGeneration,
  describeGenerations,
  lastBuiltAtMs,
} from '../../../src/training/generations/list-generations.ts'
import { promoteGeneration, rollBack } from '../../../src/training/generations/make-current.ts'
import { retainGenerations } from '../../../src/training/generations/retain-generations.ts'
import type { GenerationReport } from '../../../src/training/reports/build-report.ts'
import { readArms, startCanary, startShadow } from '../../../src/vector-index/arms.ts'
import { reportFile } from '../../../src/vector-index/generation-name.ts'
import {
  currentGeneration,
  listGenerations,
  setCurrent,
} from '../../../src/vector-index/generation-store.ts'
import { writeGeneration } from '../../../src/vector-index/generation-writer.ts'
import { appendHistory, readHistory } from '../../../src/vector-index/history.ts'
import { gateReport } from '../../support/gate-reports.ts'
import { makeDraft, temporaryFolder } from '../../vector-index/support/fixtures.ts'

const NOW = 1_700_000_000_000
const BY = { author: 'key-1', nowMs: NOW }

const write = (dir: string, parent: number | null = null, ids: string[] = []) => {
  const draft = makeDraft({ count: 6, clusters: 2, parentGeneration: parent, hnswMinimum: 100 })
  ids.forEach((id, row) => {
    draft.exemplars[row] = { id, text: `prompt ${id}`, route: 'code', source: 'feedback' }
  })
  return writeGeneration(dir, draft)
}

const reportOf = (generation: number, changes: Partial<GenerationReport> = {}) => ({
  generation,
  parent: generation === 1 ? null : generation - 1,
  trigger: 'command' as const,
  author: 'cli',
  createdAtMs: NOW,
  outcome: 'promoted' as const,
  reason: 'It passed the gate.',
  digest: 'd',
  gate: gateReport(true, { candidate: generation }),
  accepted: [],
  queued: [],
  rejected: [],
  quarantined: [],
  confirmed: 0,
  ...changes,
})

const refuse = async (dir: string, generation: number): Promise<void> => {
  const gate = gateReport(false, { candidate: generation })
  await writeReport(dir, reportOf(generation, { outcome: 'refused', gate }))
  await appendHistory(dir, {
    atMs: NOW,
    action: 'refused',
    generation,
    from: null,
    author: 'cli',
    reason: 'The gate refused it: accuracy.',
    forced: false,
  })
}

/** Three generations, each after the one before; 2 serves. */
const threeGenerations = async (): Promise<string> => {
  const dir = await temporaryFolder()
  await write(dir)
  await write(dir, 1)
  await write(dir, 2)
  await setCurrent(dir, 2)
  return dir
}

describe('the list of generations', () => {
  it('says what each is, what it is doing, and what the gate thought', async () => {
    const dir = await threeGenerations()
    await write(dir, 2)
    await write(dir, 2)
    await refuse(dir, 3)
    await writeReport(dir, reportOf(4, { outcome: 'canary', trigger: 'schedule' }))
    await startCanary(dir, { generation: 4, share: 0.1, author: 'key-1' })
    await startShadow(dir, { generation: 5, author: 'key-1' })
    const { current, generations } = await describeGenerations(dir)
    expect(current).toBe(2)
    expect(generations.map(({ generation, status }) => [generation, status])).toEqual([
      [1, 'kept'],
      [2, 'current'],
      [3, 'refused'],
      [4, 'canary'],
      [5, 'shadow'],
    ])
    expect(generations[2]).toMatchObject({
      parent: 2,
      exemplars: 6,
      outcome: 'refused',
      gate: { passed: false, against: 1, failed: [expect.stringContaining('Right on 60.0 %')] },
      problem: null,
    })
    expect(generations[3]).toMatchObject({ canaryShare: 0.1, trigger: 'schedule' })
    expect(generations[0]).toMatchObject({ outcome: null, gate: null })
  })

  it('names what is damaged, and reads every file only where it is asked to', async () => {
    const dir = await threeGenerations()
    await writeFile(join(dir, 'g000003', 'vectors.f32'), 'rubbish')
    expect((await describeGenerations(dir)).generations[2]?.problem).toBeNull()
    const verified = await describeGenerations(dir, { verify: true })
    expect(verified.generations[2]?.problem).toContain('vectors.f32')
    await rm(join(dir, 'g000003', 'manifest.json'))
    expect((await describeGenerations(dir)).generations[2]?.problem).toContain('manifest.json')
    expect(await lastBuiltAtMs(dir)).toBe(NOW)
  })

  it('tells of one that is gone what its report says', async () => {
    const dir = await threeGenerations()
    await refuse(dir, 3)
    await rm(join(dir, 'g000003'), { recursive: true })
    expect(await describeGeneration(dir, 3)).toMatchObject({
      outcome: 'refused',
      problem: 'It was removed; its report is left.',
      history: [{ action: 'refused' }],
    })
    await expect(describeGeneration(dir, 9)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is empty where nothing was built', async () => {
    const dir = await temporaryFolder()
    expect(await describeGenerations(dir)).toEqual({ current: null, generations: [] })
    expect(await lastBuiltAtMs(dir)).toBeNull()
  })
})

describe('promoting', () => {
  it('makes a generation serve, writes that down, and ends the arms that have lost their ground', async () => {
    const dir = await threeGenerations()
    await startCanary(dir, { generation: 3, share: 0.2, author: 'key-1' })
    expect(await promoteGeneration(dir, 3, { ...BY, reason: 'It held.' })).toEqual({
      from: 2,
      to: 3,
      forced: false,
    })
    expect(await currentGeneration(dir)).toBe(3)
    expect(await readArms(dir)).toEqual({ shadow: null, canary: null })
    const [, promoted, ended] = await readHistory(dir)
    expect(promoted).toEqual({
      atMs: NOW,
      action: 'promoted',
      generation: 3,
      from: 2,
      author: 'key-1',
      reason: 'It held.',
      forced: false,
    })
    expect(ended).toMatchObject({ action: 'canary_ended', generation: 3 })
  })

  it('does not promote what the gate refused, unless it is forced with a reason', async () => {
    const dir = await threeGenerations()
    await refuse(dir, 3)
    await expect(promoteGeneration(dir, 3, BY)).rejects.toMatchObject({
      code: 'gate_refused',
      message: expect.stringContaining('Right on 60.0 %'),
    })
    await expect(promoteGeneration(dir, 3, { ...BY, force: true })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'reason',
    })
    expect(await currentGeneration(dir)).toBe(2)
    const reason = 'The held-out prompts are wrong.'
    expect(await promoteGeneration(dir, 3, { ...BY, force: true, reason })).toMatchObject({
      forced: true,
    })
    expect((await readHistory(dir)).at(-1)).toMatchObject({ forced: true, reason })
    // It has served since, so that one may come back to it.
    await promoteGeneration(dir, 2, BY)
    expect(await rollBack(dir, { ...BY, to: 3 })).toMatchObject({ to: 3 })
  })

  it('knows what was refused from the history where the report is lost', async () => {
    const dir = await threeGenerations()
    await refuse(dir, 3)
    await writeFile(reportFile(dir, 3), '{"format":1')
    await expect(promoteGeneration(dir, 3, BY)).rejects.toMatchObject({ code: 'gate_refused' })
  })

  it('changes nothing where the generation does not verify or is not there', async () => {
    const dir = await threeGenerations()
    await writeFile(join(dir, 'g000003', 'vectors.f32'), 'rubbish')
    await expect(promoteGeneration(dir, 3, BY)).rejects.toMatchObject({ code: 'index_invalid' })
    await expect(promoteGeneration(dir, 7, BY)).rejects.toMatchObject({ code: 'not_found' })
    expect(await currentGeneration(dir)).toBe(2)
    expect(await readHistory(dir)).toEqual([])
  })
})

describe('rolling back', () => {
  it('goes to the parent, and writes that down', async () => {
    const dir = await threeGenerations()
    expect(await rollBack(dir, { ...BY, reason: 'Complaints.' })).toMatchObject({ from: 2, to: 1 })
    expect((await readHistory(dir)).at(-1)).toMatchObject({
      action: 'rolled_back',
      generation: 1,
      from: 2,
      reason: 'Complaints.',
    })
    await expect(rollBack(dir, BY)).rejects.toMatchObject({
      code: 'index_unavailable',
      message: expect.stringContaining('no predecessor'),
    })
  })

  it('passes over what the gate refused where the parent is gone', async () => {
    const dir = await threeGenerations()
    await write(dir, 3)
    await setCurrent(dir, 4)
    await rm(join(dir, 'g000003'), { recursive: true })
    await refuse(dir, 2)
    expect(await rollBack(dir, BY)).toMatchObject({ from: 4, to: 1 })
    await setCurrent(dir, 4)
    await expect(rollBack(dir, { ...BY, to: 2 })).rejects.toMatchObject({ code: 'gate_refused' })
  })

  it('mends a damaged pointer where it is told the generation', async () => {
    const dir = await threeGenerations()
    await writeFile(join(dir, 'current'), 'nonsense')
    expect(await rollBack(dir, { ...BY, to: 1 })).toMatchObject({ from: null, to: 1 })
  })
})

describe('what stays on disk', () => {
  const retain = (dir: string, changes: object = {}) =>
    retainGenerations(dir, {
      index: { keep_generations: 2, max_generations: 30 },
      referenced: [],
      forgotten: new Set(),
      fresh: null,
      nowMs: NOW,
      ...changes,
    })

  const many = async (count: number): Promise<string> => {
    const dir = await temporaryFolder()
    for (let i = 0; i < count; i++) await write(dir)
    await setCurrent(dir, count)
    return dir
  }

  it('is what decisions were made with and what is tried, besides the newest', async () => {
    const dir = await many(8)
    await startShadow(dir, { generation: 2, author: 'cli' })
    expect(await retain(dir, { referenced: [3, 5, 99] })).toEqual({
      removed: [1, 4, 6],
      isInCurrent: false,
    })
    expect(await listGenerations(dir)).toEqual([2, 3, 5, 7, 8])
  })

  it('is no more than there may be: the oldest that decisions refer to go first', async () => {
    const dir = await many(8)
    const index = { keep_generations: 2, max_generations: 4 }
    await retain(dir, { index, referenced: [1, 2, 3, 5] })
    expect(await listGenerations(dir)).toEqual([3, 5, 7, 8])
    // The newest and what serves stay, whatever the limit is.
    await retain(dir, { index: { keep_generations: 3, max_generations: 2 }, referenced: [3, 5] })
    expect(await listGenerations(dir)).toEqual([5, 7, 8])
  })

  it('keeps the report of what went, without the prompts in it, and its number', async () => {
    const dir = await many(3)
    const candidate = { exemplarId: 'fb_1', route: 'code', text: 'my secret', decisionIds: ['d1'] }
    await writeReport(dir, reportOf(1, { accepted: [{ ...candidate, reason: null }] }))
    await retain(dir)
    expect(await listReports(dir)).toEqual([1])
    const report = await readReport(dir, 1)
    expect(report?.accepted).toEqual([{ ...candidate, text: null, reason: null }])
    expect(JSON.stringify(report)).not.toContain('secret')
  })

  it('does not hold a forgotten exemplar, but for what serves', async () => {
    const dir = await temporaryFolder()
    await write(dir, null, ['fb_1'])
    await write(dir, 1, ['fb_2'])
    await write(dir, 1, ['fb_1', 'fb_2'])
    await write(dir, 1)
    await setCurrent(dir, 3)
    await startCanary(dir, { generation: 2, share: 0.1, author: 'cli' })
    const forgotten = new Set(['fb_2'])
    const index = { keep_generations: 10, max_generations: 30 }
    expect(await retain(dir, { index, forgotten, referenced: [2] })).toEqual({
      removed: [2],
      isInCurrent: true,
    })
    expect(await listGenerations(dir)).toEqual([1, 3, 4])
    expect((await readArms(dir)).canary).toBeNull()
    expect((await readHistory(dir)).at(-1)).toMatchObject({ action: 'canary_ended', generation: 2 })
  })

  it('gives no number twice, also where the newest was refused and removed', async () => {
    const dir = await threeGenerations()
    await refuse(dir, 3)
    await rm(join(dir, 'g000003'), { recursive: true })
    expect((await write(dir)).generation).toBe(4)
  })
})
