// arms.json: begun and ended with checks, written down in the history, and ended by what takes their ground away.
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  endArm,
  inspectArms,
  readArms,
  settleArms,
  startCanary,
  startShadow,
} from '../../src/vector-index/arms.ts'
import { setCurrent } from '../../src/vector-index/generation-store.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { readHistory } from '../../src/vector-index/history.ts'
import { makeDraft, temporaryFolder } from './support/fixtures.ts'

const AUTHOR = 'ops'

/** A folder with generations 1 to `count`, of which the first is current. */
const folderWith = async (count: number): Promise<string> => {
  const dir = await temporaryFolder()
  for (let i = 0; i < count; i++) await writeGeneration(dir, makeDraft({ count: 12 }))
  await setCurrent(dir, 1)
  return dir
}

const actions = async (dir: string) =>
  (await readHistory(dir)).map(({ action, generation }) => `${action} ${generation}`)

describe('arms', () => {
  it('are none where nothing was begun', async () => {
    expect(await readArms(await temporaryFolder())).toEqual({ shadow: null, canary: null })
  })

  it('are kept and noted when they begin and end', async () => {
    const dir = await folderWith(3)
    await startShadow(dir, { generation: 2, author: AUTHOR, nowMs: 1_000 })
    await startCanary(dir, { generation: 3, share: 0.1, author: AUTHOR, nowMs: 2_000 })
    expect(await readArms(dir)).toEqual({
      shadow: { generation: 2, startedAtMs: 1_000, author: AUTHOR },
      canary: { generation: 3, startedAtMs: 2_000, author: AUTHOR, share: 0.1, against: 1 },
    })
    await endArm(dir, 'canary', { author: AUTHOR, reason: 'Too bold.', nowMs: 3_000 })
    expect((await readArms(dir)).canary).toBeNull()
    expect((await readArms(dir)).shadow?.generation).toBe(2)
    expect((await readHistory(dir)).at(-1)).toEqual({
      atMs: 3_000,
      action: 'canary_ended',
      generation: 3,
      from: null,
      author: AUTHOR,
      reason: 'Too bold.',
      forced: false,
    })
    expect(await actions(dir)).toEqual(['shadow_started 2', 'canary_started 3', 'canary_ended 3'])
    expect((await readdir(dir)).filter((name) => name.startsWith('tmp-'))).toEqual([])
  })

  it('replace a shadow by the next one, and note the end of the first', async () => {
    const dir = await folderWith(3)
    await startShadow(dir, { generation: 2, author: AUTHOR })
    await startShadow(dir, { generation: 3, author: AUTHOR })
    expect((await readArms(dir)).shadow?.generation).toBe(3)
    expect(await actions(dir)).toEqual(['shadow_started 2', 'shadow_ended 2', 'shadow_started 3'])
  })

  it('lose nothing where two begin at once', async () => {
    const dir = await folderWith(3)
    await Promise.all([
      startShadow(dir, { generation: 2, author: AUTHOR }),
      startCanary(dir, { generation: 3, share: 0.2, author: AUTHOR }),
    ])
    const { shadow, canary } = await readArms(dir)
    expect([shadow?.generation, canary?.generation]).toEqual([2, 3])
  })

  it('refuse a generation that is not there, current or damaged, and a second canary', async () => {
    const dir = await folderWith(3)
    const canary = (generation: number, share = 0.1) =>
      startCanary(dir, { generation, share, author: AUTHOR })
    await expect(canary(9)).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no generation 9; generations: 1, 2, 3.',
    })
    await expect(canary(1)).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(startShadow(dir, { generation: 1, author: AUTHOR })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    for (const share of [0, 0.51, Number.NaN]) {
      await expect(canary(2, share)).rejects.toMatchObject({ param: 'share' })
    }
    await writeFile(join(dir, 'g000003', 'vectors.f32'), 'damage')
    await expect(canary(3)).rejects.toMatchObject({ code: 'index_invalid' })
    await canary(2)
    await expect(canary(2)).rejects.toMatchObject({
      message: 'Generation 2 is the canary already; end that first.',
    })
    await expect(endArm(dir, 'shadow', { author: AUTHOR, reason: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await actions(dir)).toEqual(['canary_started 2'])
  })

  it('end by themselves when the ground is taken from under them', async () => {
    const dir = await folderWith(4)
    await startShadow(dir, { generation: 4, author: AUTHOR })
    await startCanary(dir, { generation: 2, share: 0.1, author: AUTHOR })
    expect(await settleArms(dir)).toEqual([])
    await setCurrent(dir, 3)
    expect(await settleArms(dir)).toEqual(['canary'])
    expect((await readHistory(dir)).at(-1)?.reason).toBe(
      'It was tried against generation 1, and 3 is current now.',
    )
    await setCurrent(dir, 4)
    expect(await settleArms(dir)).toEqual(['shadow'])
    expect(await readArms(dir)).toEqual({ shadow: null, canary: null })
  })

  it.each([
    ['no JSON', '{"shadow": nul'],
    ['another shape', '{"shadow": 7, "canary": null}'],
    [
      'a share that would take over',
      '{"shadow":null,"canary":{"generation":2,"startedAtMs":1,"author":"a","share":1,"against":1}}',
    ],
  ])('are none where the file is damaged: %s', async (_, text) => {
    const dir = await folderWith(2)
    await writeFile(join(dir, 'arms.json'), text)
    const { arms, problem } = await inspectArms(dir)
    expect(arms).toEqual({ shadow: null, canary: null })
    expect(problem).toMatch(/^arms\.json is not of the expected form/)
    await startShadow(dir, { generation: 2, author: AUTHOR })
    expect((await inspectArms(dir)).problem).toBeNull()
  })
})
