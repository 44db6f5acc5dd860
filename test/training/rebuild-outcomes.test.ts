// A rebuild learns from outcomes in its own process, keeps what holds in the generation by its hash, and builds anew when they change.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { outcomeRow, textCounts } from '../../src/core/outcomes/outcome-row.ts'
import type { EvaluatedPrompt } from '../../src/core/records/model-outcome.ts'
import { type RebuildOptions, rebuild } from '../../src/training/rebuild/rebuild.ts'
import { readManifest, verifyGeneration } from '../../src/vector-index/generation-check.ts'
import { generationFolder } from '../../src/vector-index/generation-name.ts'
import { openGeneration } from '../../src/vector-index/open-generation.ts'
import { createHashingEncoder } from '../support/hashing-encoder.ts'
import {
  exampleConfig,
  exampleTraining,
  temporaryFolder,
  writeTraining,
} from '../support/training-folder.ts'

vi.setConfig({ testTimeout: 120_000 })

const encoder = createHashingEncoder()

const evaluatedOf = async (count: number): Promise<EvaluatedPrompt[]> => {
  const prompts: EvaluatedPrompt[] = []
  for (let i = 0; i < count; i++) {
    const isCode = i % 2 === 0
    const text = isCode ? `fix function number ${i} in rust` : `rhyme about ${i} flowers`
    prompts.push({
      ...{ id: `o_${String(i).padStart(4, '0')}`, label: isCode ? 'code' : 'other', text: null },
      embedding: outcomeRow(await encoder.embed(text), textCounts(text)),
      ...{ encoderId: encoder.id, principal: 'local', createdAtMs: 1 },
      scores: { small: isCode ? 1 : 0, large: 1 },
      costs: { small: 0.001, large: 0.01 },
    })
  }
  return prompts
}

const storeOf = (prompts: readonly EvaluatedPrompt[]): NonNullable<RebuildOptions['outcomes']> => ({
  listEvaluatedPrompts: async ({ limit, after = '' }) =>
    prompts.filter(({ id }) => id > after).slice(0, limit),
  listServedExamples: async () => [],
})

const learning = (isLearned = true) => {
  const config = exampleConfig()
  const code = config.routes.code as (typeof config.routes)[string]
  const select = isLearned ? { policy: 'learned' as const, target: { quality: 0.98 } } : 'first'
  const models = ['small', 'large']
  return {
    ...config,
    training: { ...config.training, gate: { ...config.training.gate, enabled: false } },
    routes: { ...config.routes, code: { ...code, models, select } },
  } as RebuildOptions['config']
}

const setUp = async (count: number, isLearned = true): Promise<RebuildOptions> => {
  const dir = await temporaryFolder()
  return {
    config: learning(isLearned),
    trainingDir: await writeTraining(join(dir, 'training-data'), exampleTraining()),
    ...{ indexDir: join(dir, 'index'), cacheDir: join(dir, 'cache'), encoder, store: null },
    outcomes: storeOf(await evaluatedOf(count)),
  }
}

describe('a rebuild with outcomes', () => {
  it('keeps what it learned in the generation, by its hash, and says how it did', async () => {
    const options = await setUp(400)
    const { generation, outcomes } = await rebuild(options)
    expect(outcomes).toMatchObject({ verdict: 'passed', models: ['small', 'large'], prompts: 400 })
    const [route] = outcomes?.routes ?? []
    expect(route).toMatchObject({ route: 'code', verdict: 'passed', best: { model: 'large' } })
    expect(route?.costUsd).toBeLessThan(0.008)
    const manifest = await readManifest(options.indexDir, generation)
    expect(manifest.files['outcomes.bin']?.sha256).toMatch(/^[0-9a-f]{64}$/)
    const { outcomes: learned } = await openGeneration(options.indexDir, generation)
    const row = async (text: string) => outcomeRow(await encoder.embed(text), textCounts(text))
    const quality = learned?.predict(await row('rhyme about 7 flowers')).quality ?? []
    expect(quality[1]).toBeGreaterThan((quality[0] as number) + 0.3)
  })

  it('builds nothing anew for the same outcomes, and does for one more', async () => {
    const options = await setUp(300)
    await rebuild(options)
    expect((await rebuild(options)).outcome).toBe('unchanged')
    const more = { ...options, outcomes: storeOf(await evaluatedOf(301)) }
    expect((await rebuild(more)).generation).toBe(2)
  })

  it('is the generation of before where no route chooses by them, or there are too few', async () => {
    for (const options of [await setUp(400, false), await setUp(40)]) {
      const { generation, outcomes } = await rebuild(options)
      expect(outcomes).toBeNull()
      const manifest = await readManifest(options.indexDir, generation)
      expect(Object.keys(manifest)).not.toContain('outcomes')
      expect(Object.keys(manifest.files)).not.toContain('outcomes.bin')
      expect((await openGeneration(options.indexDir, generation)).outcomes).toBeUndefined()
    }
  })

  it('is not believed where a byte of what was learned is another', async () => {
    const options = await setUp(300)
    const { generation } = await rebuild(options)
    const file = join(generationFolder(options.indexDir, generation), 'outcomes.bin')
    const bytes = await readFile(file)
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
    await writeFile(file, bytes)
    await expect(verifyGeneration(options.indexDir, generation)).rejects.toThrow('outcomes.bin')
    await expect(openGeneration(options.indexDir, generation)).rejects.toThrow('outcomes.bin')
  })
})
