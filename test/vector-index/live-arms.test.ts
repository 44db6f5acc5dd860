// Shadow and canary in a serving process: loaded beside what serves, inactive where they cannot be, let go when they end.
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { endArm, startCanary, startShadow } from '../../src/vector-index/arms.ts'
import { generationFolder } from '../../src/vector-index/generation-name.ts'
import { setCurrent } from '../../src/vector-index/generation-store.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { createLiveIndex } from '../../src/vector-index/live.ts'
import { createLog, FIT, makeDraft, temporaryFolder } from './support/fixtures.ts'

const AUTHOR = 'ops'

const setUp = async (count: number) => {
  const dir = await temporaryFolder()
  for (let i = 0; i < count; i++) await writeGeneration(dir, makeDraft({ count: 12 }))
  await setCurrent(dir, 1)
  const { lines, logger } = createLog()
  const index = createLiveIndex({ dir, ...FIT, logger, pollMs: 3_600_000 })
  onTestFinished(() => index.close())
  await index.start()
  const canary = (generation: number) =>
    startCanary(dir, { generation, share: 0.2, author: AUTHOR })
  const errors = () => lines.filter(({ level }) => level === 'error')
  return { dir, index, canary, errors, logger }
}

describe('the live index with arms', () => {
  it('has none at first', async () => {
    const { index } = await setUp(1)
    expect([index.canary(), index.shadow()]).toEqual([null, null])
    expect(index.armsStatus()).toEqual({ shadow: null, canary: null })
  })

  it('loads them beside what serves, once, and lets them go when they end', async () => {
    const { dir, index, canary } = await setUp(3)
    await startShadow(dir, { generation: 3, author: AUTHOR })
    await canary(2)
    await index.reload()
    const loaded = index.canary()?.generation
    expect(loaded?.number).toBe(2)
    expect(index.canary()?.arm.share).toBe(0.2)
    expect(index.shadow()?.number).toBe(3)
    expect(index.current()?.number).toBe(1)
    await index.reload()
    expect(index.canary()?.generation).toBe(loaded)
    await endArm(dir, 'canary', { author: AUTHOR, reason: 'Enough.' })
    await endArm(dir, 'shadow', { author: AUTHOR, reason: 'Enough.' })
    await index.reload()
    expect([index.canary(), index.shadow()]).toEqual([null, null])
  })

  it('keeps one object where a generation is both', async () => {
    const { dir, index, canary } = await setUp(2)
    await startShadow(dir, { generation: 2, author: AUTHOR })
    await canary(2)
    await index.reload()
    expect(index.shadow()).toBe(index.canary()?.generation)
  })

  it('has no canary from the moment that another generation serves, before arms.json is looked at', async () => {
    const { dir, index, canary, logger } = await setUp(3)
    await canary(2)
    await index.reload()
    const seen: unknown[] = []
    const said = vi.spyOn(logger, 'info').mockImplementation(() => void seen.push(index.canary()))
    await setCurrent(dir, 3)
    await index.reload()
    said.mockRestore()
    expect(seen[0]).toBeNull()
    expect(index.armsStatus().canary).toEqual({
      generation: 2,
      isActive: false,
      problem: 'It was tried against generation 1, and 3 is current now.',
    })
  })

  it('leaves an arm inactive that cannot be loaded, says so once, and serves on', async () => {
    const { dir, index, canary, errors } = await setUp(2)
    await canary(2)
    await truncate(join(generationFolder(dir, 2), 'classifier.f32'), 5)
    for (let i = 0; i < 3; i++) await index.reload()
    expect(index.canary()).toBeNull()
    expect(index.current()?.number).toBe(1)
    expect(index.status()).toEqual({ generation: 1, search: 'hnsw', error: null })
    expect(index.armsStatus().canary).toMatchObject({ generation: 2, isActive: false })
    expect(index.armsStatus().canary?.problem).toMatch(/g000002: classifier\.f32/)
    expect(errors()).toHaveLength(1)
  })

  it('tells a damaged arms.json once and tries nothing', async () => {
    const { dir, index, canary, errors } = await setUp(2)
    await canary(2)
    await index.reload()
    await writeFile(join(dir, 'arms.json'), '{')
    for (let i = 0; i < 3; i++) await index.reload()
    expect(index.canary()).toBeNull()
    expect(index.current()?.number).toBe(1)
    expect(errors()).toMatchObject([
      { fields: { problem: expect.stringMatching(/^arms\.json is not of the expected form/) } },
    ])
  })

  it('takes an arm up and lets it go by itself on the poll', async () => {
    const { dir } = await setUp(2)
    const { logger, lines } = createLog()
    const waiting = new Map<string, () => void>()
    const told = (message: string) =>
      new Promise<void>((resolve) => void waiting.set(message, resolve))
    const info = (fields: object, message: string) => {
      logger.info(fields, message)
      waiting.get(message)?.()
    }
    const index = createLiveIndex({ dir, ...FIT, logger: { ...logger, info }, pollMs: 5 })
    onTestFinished(() => index.close())
    await index.start()
    const taken = told('The index generation of an arm is loaded.')
    await startCanary(dir, { generation: 2, share: 0.5, author: AUTHOR })
    await taken
    expect(index.canary()?.generation.number).toBe(2)
    const gone = told('The index generation of an ended arm is released.')
    await endArm(dir, 'canary', { author: AUTHOR, reason: 'Enough.' })
    await gone
    expect(index.canary()).toBeNull()
    expect(lines.every(({ level }) => level === 'info')).toBe(true)
  })
})
