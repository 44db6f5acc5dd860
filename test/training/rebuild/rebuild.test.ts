import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { readShape } from '../../../src/core/alerting/traffic-shape.ts'
import { createClassifier } from '../../../src/core/classifier/score.ts'
import type { FeedbackWithDecision } from '../../../src/core/records/feedback.ts'
import type { Encoder } from '../../../src/encoder/encoder.ts'
import { type RebuildOptions, rebuild } from '../../../src/training/rebuild/rebuild.ts'
import { acquireBuildLock } from '../../../src/vector-index/build-lock.ts'
import { loadGeneration } from '../../../src/vector-index/generation-loader.ts'
import { currentGeneration, listGenerations } from '../../../src/vector-index/generation-store.ts'
import { gateThatSays } from '../../support/gate-reports.ts'
import { createHashingEncoder } from '../../support/hashing-encoder.ts'
import {
  exampleConfig,
  exampleRoute,
  exampleTraining,
  temporaryFolder,
  writeTraining,
} from '../../support/training-folder.ts'

// Each rebuild fits a classifier and writes a generation durably.
vi.setConfig({ testTimeout: 60_000 })

/** What no prompt about animals is like. */
const WRITING = exampleRoute('writing')

const setUp = async (files: Record<string, string | object[]> = {}): Promise<RebuildOptions> => {
  const dir = await temporaryFolder()
  return {
    config: exampleConfig(),
    trainingDir: await writeTraining(join(dir, 'training-data'), {
      ...exampleTraining(),
      ...files,
    }),
    indexDir: join(dir, 'data', 'index'),
    cacheDir: join(dir, 'data', 'cache'),
    encoder: createHashingEncoder(),
    store: null,
    gate: gateThatSays(true),
    now: () => 1_700_000_000_000,
  }
}

const correction = async (
  text: string,
  correctRoute: string,
  more: Partial<FeedbackWithDecision> = {},
): Promise<FeedbackWithDecision> => {
  const encoder = createHashingEncoder()
  return {
    id: 'f1',
    decisionId: `decision of ${text}`,
    principal: 'anonymous',
    verdict: 'bad',
    correctRoute,
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
    ...more,
  }
}

const storeOf = (feedback: FeedbackWithDecision[]) => ({
  listFeedback: async () => feedback,
  listRulings: async () => [],
})

const openCurrent = async ({ indexDir, encoder }: RebuildOptions) => {
  const number = await currentGeneration(indexDir)
  const { id: encoderId, dimensions } = encoder
  return loadGeneration(indexDir, number ?? 0, { encoderId, dimensions })
}

/** Best route of a text in the current generation. */
const classify = async (options: RebuildOptions, text: string): Promise<string> => {
  const { encoder } = options
  const { dimensions } = encoder
  const generation = await openCurrent(options)
  const vector = await encoder.embed(text)
  const hits = generation.index.search(vector, 32)
  const neighbours = hits.map(({ position, similarity }) => {
    const { id: exemplarId = '', route = '' } = generation.exemplars[position] ?? {}
    return { exemplarId, route, similarity }
  })
  const { scores } = createClassifier(generation.classifier).classify({
    text,
    embedding: vector,
    neighbours,
    neighbourRows: hits.map(({ position }) =>
      generation.vectors.slice(position * dimensions, (position + 1) * dimensions),
    ),
  })
  return scores[0]?.route ?? ''
}

describe('rebuilding', () => {
  it('builds a generation out of the training data, makes it current and measures it', async () => {
    const heldOut = [
      { text: 'a python function that reverses a list', route: exampleRoute('code') },
      { text: 'solve the equation for y cubed', route: exampleRoute('math') },
      { text: 'turn the lights on', route: 'none' },
    ]
    const options = await setUp({ 'held-out.jsonl': heldOut })
    const stages = new Set<string>()
    const report = await rebuild({ ...options, onProgress: ({ stage }) => stages.add(stage) })
    expect(report).toMatchObject({
      generation: 1,
      parent: null,
      exemplars: 21,
      routes: { code: 6, math: 6, none: 3, writing: 6 },
      fromFeedback: { accepted: [], rejected: [] },
      // 21 exemplars, 3 held-out prompts, the names of 3 routes and one copy of each of the 21.
      embedded: 48,
      reused: 0,
      unchanged: false,
    })
    expect(report.heldOut).toMatchObject({ rows: 3, topAccuracy: 1, noneRecall: 1 })
    const { manifest } = await openCurrent(options)
    expect(readShape(manifest.heldOut)?.positions).toMatchObject({ rows: 3 })
    expect(await currentGeneration(options.indexDir)).toBe(1)
    expect([...stages]).toEqual(['embed', 'fit', 'evaluate', 'graph'])
    expect(await classify(options, 'solve the equation for z')).toBe(exampleRoute('math'))
  })

  it('learns from a correction, and the next rebuild without it forgets', async () => {
    const options = await setUp()
    const text = 'zebra quagga okapi'
    await rebuild(options)
    expect(await classify(options, text)).not.toBe(WRITING)
    const store = storeOf([await correction(text, WRITING)])
    const report = await rebuild({ ...options, store })
    expect(report).toMatchObject({ generation: 2, parent: 1, exemplars: 22, embedded: 0 })
    expect(report.fromFeedback.accepted).toEqual([
      {
        exemplarId: expect.stringMatching(/^fb_/),
        route: WRITING,
        text,
        decisionIds: [`decision of ${text}`],
        reason: `Corrected by 1 voter (${WRITING} 1).`,
      },
    ])
    expect(await classify(options, text)).toBe(WRITING)
    await rebuild(options)
    expect(await classify(options, text)).not.toBe(WRITING)
  })

  it('learns from a correction whose text is not stored', async () => {
    const options = await setUp()
    const text = 'zebra quagga okapi'
    const store = storeOf([await correction(text, 'writing', { text: null })])
    const report = await rebuild({ ...options, store })
    expect(report.fromFeedback.accepted[0]?.text).toBe('(text not stored)')
    expect(await classify(options, text)).toBe('writing')
  })

  it('embeds the text of a correction that another encoder decided on', async () => {
    const options = await setUp()
    const old = { encoderId: 'old/1', embedding: Float32Array.of(1) }
    const store = storeOf([await correction('zebra quagga okapi', 'writing', old)])
    expect((await rebuild({ ...options, store })).fromFeedback.accepted).toHaveLength(1)
    expect(await classify(options, 'zebra quagga okapi')).toBe('writing')
  })

  it('leaves files of routes that are not configured out, and says so', async () => {
    const law = [{ text: 'may my landlord keep the deposit', route: 'law' }]
    const report = await rebuild(await setUp({ 'law.jsonl': law }))
    expect(report.exemplars).toBe(21)
    expect(Object.keys(report.routes)).not.toContain('law')
    expect(report.leftOut).toMatchObject({ routes: ['law'], heldOutRows: 0 })
    expect((await rebuild(await setUp())).leftOut).toBeNull()
  })

  it('leaves the library out where it contradicts the exemplars of one’s own, and says so', async () => {
    const library = exampleTraining()[`${exampleRoute('code')}.jsonl`] as { text: string }[]
    const own = exampleTraining()[`${WRITING}.jsonl`] as object[]
    const copied = library.map(({ text }) => ({
      ...{ text: `${text} please`, route: WRITING, library: 'code@1.0.0' },
    }))
    const options = await setUp({ [`${WRITING}.jsonl`]: [...own, ...copied] })
    const report = await rebuild(options)
    expect(report).toMatchObject({ exemplars: 21, routes: { [WRITING]: 6 } })
    expect(report.library).toMatchObject({ routes: [WRITING], kept: 0, leftOut: 6 })
    expect(report.library?.message).toMatch(
      /^The library's 6 exemplars of \w+ are left out: the squared error on 21 exemplars of your own is /,
    )
    expect(await rebuild(options)).toMatchObject({ unchanged: true })
    expect((await rebuild(await setUp())).library).toBeNull()
  })

  it('says what was left out where nothing else is there', async () => {
    const options = { ...(await setUp()), config: exampleConfig(['support']) }
    await rm(join(options.trainingDir, 'none.jsonl'))
    await expect(rebuild(options)).rejects.toThrow(
      /training-data holds no exemplars of configured routes; .*signalbox import FILE\. Left out of training, .*: code, math, writing/,
    )
  })

  it('builds from negative exemplars alone, until the configured routes have some', async () => {
    const options = { ...(await setUp()), config: exampleConfig(['support']) }
    expect(await rebuild(options)).toMatchObject({ outcome: 'promoted', routes: { none: 3 } })
  })

  it('says why feedback was rejected', async () => {
    const options = await setUp()
    const store = storeOf([
      await correction('turn the lights off', 'code'),
      await correction('another one', 'unheard-of'),
    ])
    const { fromFeedback, exemplars } = await rebuild({ ...options, store })
    expect(exemplars).toBe(21)
    expect(fromFeedback.rejected.map(({ reason }) => reason).sort()).toEqual([
      expect.stringContaining('"unheard-of" is not a configured route'),
      expect.stringContaining('curated exemplars win'),
    ])
  })

  it('embeds only what is new', async () => {
    const options = await setUp()
    await rebuild(options)
    await appendFile(
      join(options.trainingDir, 'code.jsonl'),
      '{"text":"profile my rust program","route":"code"}\n',
    )
    expect(await rebuild(options)).toMatchObject({
      // The exemplar and its perturbed copy; 21 of each and 4 names of routes are known.
      ...{ embedded: 2, reused: 45 },
      exemplars: 22,
    })
  })

  it('keeps the current generation when nothing has changed, unless forced', async () => {
    const options = await setUp()
    await rebuild(options)
    expect(await rebuild(options)).toMatchObject({ generation: 1, unchanged: true })
    expect(await listGenerations(options.indexDir)).toEqual([1])
    expect(await rebuild({ ...options, force: true })).toMatchObject({
      generation: 2,
      parent: 1,
      unchanged: false,
    })
  })

  it('builds anew where a route is described otherwise, or otherwise fitted', async () => {
    const options = await setUp()
    await rebuild(options)
    const { config } = options
    const code = {
      ...config.routes.code,
      description: 'Programs.',
    } as (typeof config.routes)[string]
    const described = { ...config, routes: { ...config.routes, code } }
    const next = await rebuild({ ...options, config: described })
    expect(next).toMatchObject({ generation: 2, unchanged: false, embedded: 1 })
    expect(await rebuild({ ...options, config: described })).toMatchObject({ unchanged: true })
    const training = { ...config.training, wrong_route_rate: 0.01 }
    const stricter = { ...described, training }
    expect(await rebuild({ ...options, config: stricter })).toMatchObject({ generation: 3 })
  })

  it('gives the same bytes for the same input', async () => {
    const options = await setUp()
    await rebuild(options)
    await rebuild({ ...options, force: true })
    const filesOf = async (name: string) => {
      const manifest = await readFile(join(options.indexDir, name, 'manifest.json'), 'utf8')
      return (JSON.parse(manifest) as { files: object }).files
    }
    expect(await filesOf('g000002')).toEqual(await filesOf('g000001'))
  })

  it('builds anew where the current generation is damaged', async () => {
    const options = await setUp()
    await rebuild(options)
    await writeFile(join(options.indexDir, 'g000001', 'vectors.f32'), 'rubbish')
    expect(await rebuild(options)).toMatchObject({ generation: 2, parent: null, unchanged: false })
  })

  it('prunes to the generations that are to be kept', async () => {
    const options = await setUp()
    const config = { ...options.config, index: { ...options.config.index, keep_generations: 2 } }
    for (let i = 0; i < 4; i++) await rebuild({ ...options, config, force: true })
    expect(await listGenerations(options.indexDir)).toEqual([3, 4])
  })
})

describe('a rebuild that fails', () => {
  const expectUntouched = async (options: RebuildOptions, failing: Partial<RebuildOptions>) => {
    await rebuild(options)
    const before = await readdir(options.indexDir)
    const error = await rebuild({ ...options, ...failing, force: true }).catch((e: unknown) => e)
    expect(await currentGeneration(options.indexDir)).toBe(1)
    expect(await readdir(options.indexDir)).toEqual(before)
    return error
  }

  it('changes nothing where a line of the training data is bad', async () => {
    const options = await setUp()
    const trainingDir = await writeTraining(await temporaryFolder(), { 'code.jsonl': '{bad' })
    expect(await expectUntouched(options, { trainingDir })).toMatchObject({
      code: 'invalid_exemplar',
      message: expect.stringContaining('code.jsonl:1'),
    })
  })

  it('changes nothing where the encoder fails', async () => {
    const options = await setUp()
    const encoder: Encoder = {
      ...createHashingEncoder({ id: 'another/1' }),
      embed: async () => {
        throw new Error('encoder down')
      },
    }
    expect(await expectUntouched(options, { encoder })).toMatchObject({ message: 'encoder down' })
  })

  it('changes nothing where there are no exemplars, and says how to add some', async () => {
    const trainingDir = await temporaryFolder()
    expect(await expectUntouched(await setUp(), { trainingDir })).toMatchObject({
      message: expect.stringContaining('signalbox add'),
    })
  })

  it('refuses while another one runs, and works again afterwards', async () => {
    const options = await setUp()
    const lock = await acquireBuildLock(options.indexDir)
    await expect(rebuild(options)).rejects.toMatchObject({ code: 'build_in_progress' })
    await lock.release()
    expect(await rebuild(options)).toMatchObject({ generation: 1 })
  })
})
