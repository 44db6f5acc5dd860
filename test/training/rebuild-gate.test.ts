// What becomes of a build: the verdicts of the gate, the ways around it, what is written down, and what is not built twice.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { FeedbackWithDecision } from '../../src/core/records/feedback.ts'
import { RouterError } from '../../src/errors.ts'
import { listReports, readReport } from '../../src/training/generations/generation-report.ts'
import { promoteGeneration } from '../../src/training/generations/make-current.ts'
import type { RunGate } from '../../src/training/rebuild/judge-build.ts'
import { type RebuildOptions, rebuild } from '../../src/training/rebuild/rebuild.ts'
import { readArms } from '../../src/vector-index/arms.ts'
import {
  currentGeneration,
  listGenerations,
  setCurrent,
} from '../../src/vector-index/generation-store.ts'
import { readHistory } from '../../src/vector-index/history.ts'
import { gateThatSays } from '../support/gate-reports.ts'
import { createHashingEncoder } from '../support/hashing-encoder.ts'
import {
  exampleConfig,
  exampleTraining,
  temporaryFolder,
  writeTraining,
} from '../support/training-folder.ts'

// Each rebuild fits a classifier and writes a generation durably.
vi.setConfig({ testTimeout: 60_000 })

const NOW = 1_700_000_000_000

const withTraining = (training: object) => {
  const config = exampleConfig()
  return { ...config, training: { ...config.training, ...training } }
}

const setUp = async (changes: Partial<RebuildOptions> = {}): Promise<RebuildOptions> => {
  const dir = await temporaryFolder()
  return {
    config: exampleConfig(),
    trainingDir: await writeTraining(join(dir, 'training-data'), exampleTraining()),
    indexDir: join(dir, 'data', 'index'),
    cacheDir: join(dir, 'data', 'cache'),
    encoder: createHashingEncoder(),
    store: null,
    now: () => NOW,
    ...changes,
  }
}

/** With one generation that serves, and one more exemplar than it has. */
const withSomethingNew = async (changes: Partial<RebuildOptions> = {}): Promise<RebuildOptions> => {
  const options = await setUp(changes)
  await rebuild(options)
  await writeTraining(options.trainingDir, {
    'code.jsonl': [
      ...(exampleTraining()['code.jsonl'] ?? []),
      { text: 'profile my rust program', route: 'code' },
    ],
  })
  return options
}

const eventsOf = async ({ indexDir }: RebuildOptions) =>
  (await readHistory(indexDir)).map(({ action, generation, from, forced }) => ({
    action,
    generation,
    from,
    forced,
  }))

const correction = async (text: string): Promise<FeedbackWithDecision> => {
  const encoder = createHashingEncoder()
  return {
    id: `vote on ${text}`,
    decisionId: `decision of ${text}`,
    principal: 'anonymous',
    verdict: 'bad',
    correctRoute: 'writing',
    score: null,
    comment: null,
    createdAtMs: 1,
    text,
    embedding: await encoder.embed(text),
    encoderId: encoder.id,
    route: 'math',
    reason: 'matched',
    source: 'explicit',
    implicitKind: null,
    confidence: 0.9,
    neighbours: [],
    indexGeneration: 1,
    arm: 'serving',
    decidedAtMs: 1,
  }
}

describe('the first build', () => {
  it('is promoted without a gate, since there is nothing to hold it against', async () => {
    const gate = gateThatSays(false)
    const options = await setUp({ gate, trigger: 'first', author: 'signalbox' })
    expect(await rebuild(options)).toMatchObject({
      generation: 1,
      current: 1,
      outcome: 'promoted',
      gate: null,
    })
    expect(gate.asked).toEqual([])
    expect(await eventsOf(options)).toEqual([
      { action: 'built', generation: 1, from: null, forced: false },
      { action: 'promoted', generation: 1, from: null, forced: false },
    ])
    expect(await readReport(options.indexDir, 1)).toMatchObject({
      generation: 1,
      outcome: 'promoted',
      trigger: 'first',
      author: 'signalbox',
      reason: 'No generation served that it could be compared with.',
      createdAtMs: NOW,
    })
  })
})

describe('a build that passes the gate', () => {
  it('is promoted, with its report beside it', async () => {
    const gate = gateThatSays(true)
    const options = await withSomethingNew({ gate, author: 'key-1', trigger: 'api' })
    const report = await rebuild(options)
    expect(report).toMatchObject({ generation: 2, parent: 1, current: 2, outcome: 'promoted' })
    expect(report.gate?.passed).toBe(true)
    expect(gate.asked).toEqual([{ candidate: 2, serving: 1 }])
    expect(await currentGeneration(options.indexDir)).toBe(2)
    expect((await eventsOf(options)).slice(2)).toEqual([
      { action: 'built', generation: 2, from: 1, forced: false },
      { action: 'promoted', generation: 2, from: 1, forced: false },
    ])
    const history = await readHistory(options.indexDir)
    expect(history.at(-1)).toMatchObject({ author: 'key-1', atMs: NOW })
    expect(history.at(-2)?.reason).toBe('Built over the API.')
    expect(await readReport(options.indexDir, 2)).toMatchObject({ gate: { passed: true } })
  })

  it('is only built and judged where it is not to be promoted', async () => {
    const options = await withSomethingNew({ gate: gateThatSays(true) })
    expect(await rebuild({ ...options, promote: 'never' })).toMatchObject({
      generation: 2,
      current: 1,
      outcome: 'kept',
    })
    expect(await currentGeneration(options.indexDir)).toBe(1)
    expect((await eventsOf(options)).at(-1)).toMatchObject({ action: 'built', generation: 2 })
  })

  it('is tried on a share of the sessions first where that is configured, unless forced', async () => {
    const config = withTraining({ canary: { ...exampleConfig().training.canary, share: 0.1 } })
    const options = await withSomethingNew({ gate: gateThatSays(true), config })
    expect(await rebuild(options)).toMatchObject({ generation: 2, current: 1, outcome: 'canary' })
    expect((await readArms(options.indexDir)).canary).toMatchObject({
      generation: 2,
      share: 0.1,
      against: 1,
    })
    // The very same is on trial already.
    expect(await rebuild(options)).toMatchObject({
      generation: 2,
      outcome: 'canary',
      unchanged: true,
    })
    const anew = await rebuild({ ...options, force: true })
    expect(anew).toMatchObject({ generation: 3, current: 1, outcome: 'canary' })
    expect((await readArms(options.indexDir)).canary).toMatchObject({ generation: 3 })
    const now = await rebuild({ ...options, promote: 'force', reason: 'it is urgent' })
    expect(now).toMatchObject({ generation: 4, current: 4, outcome: 'promoted' })
    expect((await readArms(options.indexDir)).canary).toBeNull()
    expect((await eventsOf(options)).at(-2)).toMatchObject({ action: 'promoted', forced: false })
  })

  it('is kept where another generation was made current meanwhile', async () => {
    const options = await withSomethingNew({ gate: gateThatSays(true) })
    await rebuild(options)
    const overtaking: RunGate = async (job) => {
      await setCurrent(options.indexDir, 1)
      return gateThatSays(true)(job)
    }
    const report = await rebuild({ ...options, force: true, gate: overtaking })
    expect(report).toMatchObject({ generation: 3, parent: 2, current: 1, outcome: 'kept' })
    expect(report.reason).toContain('Generation 1 was made current meanwhile')
  })
})

describe('a build that the gate refuses', () => {
  it('stays on disk with its reasons, and changes nothing else', async () => {
    const options = await withSomethingNew({ gate: gateThatSays(false) })
    const report = await rebuild(options)
    expect(report).toMatchObject({
      generation: 2,
      current: 1,
      outcome: 'refused',
      reason: 'The gate refused it: accuracy.',
    })
    expect(await currentGeneration(options.indexDir)).toBe(1)
    expect(await listGenerations(options.indexDir)).toEqual([1, 2])
    expect((await eventsOf(options)).slice(2)).toEqual([
      { action: 'built', generation: 2, from: 1, forced: false },
      { action: 'refused', generation: 2, from: 1, forced: false },
    ])
    const kept = await readReport(options.indexDir, 2)
    expect(kept?.gate?.checks[0]?.summary).toContain('a drop of 1.0 % is allowed')
  })

  it('is not built again from the very same, until something changes or it is forced', async () => {
    const gate = gateThatSays(false)
    const options = await withSomethingNew({ gate })
    const first = await rebuild(options)
    const again = await rebuild({ ...options, trigger: 'schedule' })
    expect(again).toMatchObject({ generation: 2, current: 1, outcome: 'refused', unchanged: true })
    expect(again.gate).toEqual(first.gate)
    expect(gate.asked).toHaveLength(1)
    expect(await rebuild(options)).toMatchObject({ outcome: 'refused', unchanged: true })
    const config = withTraining({
      gate: { ...exampleConfig().training.gate, max_accuracy_drop: 0.9 },
    })
    expect(await rebuild({ ...options, config })).toMatchObject({ generation: 3, unchanged: false })
    expect(await rebuild({ ...options, force: true })).toMatchObject({ generation: 4 })
    expect(gate.asked).toHaveLength(3)
  })

  it('is promoted all the same where somebody says so and why, which is recorded', async () => {
    const options = await withSomethingNew({ gate: gateThatSays(false) })
    const forced = { ...options, promote: 'force' as const }
    await expect(rebuild(forced)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('reason'),
    })
    expect(await listGenerations(options.indexDir)).toEqual([1])
    const reason = 'The held-out prompts are out of date.'
    const report = await rebuild({ ...forced, reason, author: 'key-7' })
    expect(report).toMatchObject({ generation: 2, current: 2, outcome: 'promoted', reason })
    expect((await readHistory(options.indexDir)).at(-1)).toMatchObject({
      action: 'promoted',
      forced: true,
      author: 'key-7',
      reason,
    })
  })

  it('is promoted where the gate is switched off', async () => {
    const config = withTraining({ gate: { ...exampleConfig().training.gate, enabled: false } })
    const gate = gateThatSays(false)
    const options = await withSomethingNew({ gate, config })
    expect(await rebuild(options)).toMatchObject({ current: 2, outcome: 'promoted', gate: null })
    expect(gate.asked).toEqual([])
  })

  it('leaves nothing behind where the gate itself fails', async () => {
    const gate: RunGate = async () => {
      throw new RouterError('internal', 'The gate process ended.')
    }
    const options = await withSomethingNew({ gate })
    await expect(rebuild(options)).rejects.toMatchObject({ message: 'The gate process ended.' })
    expect(await listGenerations(options.indexDir)).toEqual([1])
    expect(await listReports(options.indexDir)).toEqual([1])
    expect(await currentGeneration(options.indexDir)).toBe(1)
  })
})

describe('what was rolled back', () => {
  it('is not brought back by the scheduler, but by whoever asks for it', async () => {
    const options = await withSomethingNew({ gate: gateThatSays(true) })
    await rebuild(options)
    await promoteGeneration(options.indexDir, 1, { author: 'cli' })
    const scheduled = await rebuild({ ...options, trigger: 'corrections' })
    expect(scheduled).toMatchObject({ generation: 2, current: 1, unchanged: true })
    expect(await rebuild(options)).toMatchObject({ generation: 3, current: 3, unchanged: false })
  })
})

describe('what is to be forgotten', () => {
  const storeOf = (feedback: FeedbackWithDecision[]) => ({
    listFeedback: async () => feedback,
    listRulings: async () => [],
  })
  const retentionOf = (forgotten: string[], referenced: number[] = []) => ({
    listForgottenExemplars: async () => forgotten,
    listReferencedGenerations: async () => referenced,
  })

  it('leaves with the next build: from old generations, and from reports', async () => {
    const options = await setUp({ gate: gateThatSays(true) })
    await rebuild(options)
    const store = storeOf([await correction('zebra quagga okapi')])
    const learnt = await rebuild({ ...options, store })
    const id = learnt.fromFeedback.accepted[0]?.exemplarId as string
    expect((await readReport(options.indexDir, 2))?.accepted[0]?.text).toBe('zebra quagga okapi')
    const report = await rebuild({ ...options, retention: retentionOf([id], [2]) })
    expect(report).toMatchObject({ generation: 3, current: 3, removed: [2], holdsForgotten: false })
    expect(await listGenerations(options.indexDir)).toEqual([1, 3])
    const left = JSON.stringify(await readReport(options.indexDir, 2))
    expect(left).not.toContain('zebra')
    expect(left).toContain('"accepted":1')
  })

  it('is said to be still served where the gate refuses the build without it', async () => {
    const options = await setUp({ gate: gateThatSays(true) })
    await rebuild(options)
    const learnt = await rebuild({ ...options, store: storeOf([await correction('zebra')]) })
    const id = learnt.fromFeedback.accepted[0]?.exemplarId as string
    const refusing = { ...options, gate: gateThatSays(false), retention: retentionOf([id]) }
    expect(await rebuild(refusing)).toMatchObject({
      current: 2,
      outcome: 'refused',
      holdsForgotten: true,
    })
  })

  it('never begins to serve where it was deleted while it was being built in', async () => {
    const options = await setUp({ gate: gateThatSays(true) })
    await rebuild(options)
    const store = storeOf([await correction('zebra quagga okapi')])
    const forgotten: string[] = []
    const gate: RunGate = async (job) => {
      const lines = await readFile(join(options.indexDir, 'g000002', 'exemplars.jsonl'), 'utf8')
      forgotten.push(...[...lines.matchAll(/"id":"(fb_[0-9a-f]+)"/g)].map(([, id]) => id ?? ''))
      return gateThatSays(true)(job)
    }
    const retention = retentionOf(forgotten)
    await expect(rebuild({ ...options, store, gate, retention })).rejects.toMatchObject({
      isRetryable: true,
      message: expect.stringContaining('was deleted'),
    })
    expect(forgotten).toHaveLength(1)
    expect(await currentGeneration(options.indexDir)).toBe(1)
    expect(await listGenerations(options.indexDir)).toEqual([1])
  })
})

describe('the real gate', () => {
  it('judges in a process of its own, and says what it found', async () => {
    const options = await withSomethingNew()
    const stages = new Set<string>()
    const report = await rebuild({ ...options, onProgress: ({ stage }) => stages.add(stage) })
    expect(report.gate).toMatchObject({ candidate: 2, against: 1 })
    expect(report.gate?.checks.map(({ name }) => name)).toContain('robustness')
    expect(stages).toContain('gate')
    expect(report.current).toBe(report.gate?.passed ? 2 : 1)
  })
})
