// The shadow decides once more what was answered, never before, and never at the expense of what serves.
import { describe, expect, it } from 'vitest'
import { createShadow } from '../../src/arms/shadow.ts'
import type { ShadowDecision } from '../../src/core/records/arm-records.ts'
import type { Decision } from '../../src/core/types.ts'
import { type MadeRow, madeRows } from '../support/made-generations.ts'
import { createLog } from '../vector-index/support/fixtures.ts'
import { createArmsSetup } from './setup.ts'

const KNOWN = madeRows({ perRoute: 20, seed: 1 })
const SWAPPED = KNOWN.map((row) => ({
  ...row,
  route: row.route === 'code' ? 'math' : row.route === 'math' ? 'code' : row.route,
}))
const TRAFFIC = madeRows({ perRoute: 5, seed: 2, prefix: 'live' })
const AUTHOR = 'ops'

const withShadow = async () => {
  const setup = await createArmsSetup([KNOWN, SWAPPED], TRAFFIC)
  await setup.arms.admin.startShadow({ generation: 2, author: AUTHOR })
  return setup
}

/** A shadow of its own over the generation of a setup, with a store that a test holds. */
const shadowOver = async (
  addShadowDecisions: (rows: ShadowDecision[]) => Promise<void>,
  options: { queueLimit?: number; batchSize?: number } = {},
) => {
  const setup = await withShadow()
  const { lines, logger } = createLog()
  const shadow = createShadow({
    generation: setup.index.shadow,
    store: { addShadowDecisions },
    logger,
    now: () => 5_000,
    ...options,
  })
  const decisions: Decision[] = []
  for (const row of TRAFFIC) decisions.push(await setup.route(row))
  return { ...setup, shadow, decisions, warnings: lines }
}

describe('the shadow', () => {
  it('decides what was decided once more, with its own generation, and changes nothing', async () => {
    const { route, arms, shadowed } = await withShadow()
    const swapped: Record<string, string> = { code: 'math', math: 'code' }
    const decisions: Decision[] = []
    for (const row of TRAFFIC) decisions.push(await route(row, 'one session'))
    await arms.close()
    expect(shadowed.map(({ decisionId }) => decisionId)).toEqual(decisions.map(({ id }) => id))
    for (const [n, { generation, route: shadowRoute, reason }] of shadowed.entries()) {
      const row = TRAFFIC[n] as MadeRow
      expect(decisions[n]).toMatchObject({ route: row.route, indexGeneration: 1, arm: 'serving' })
      expect({ generation, shadowRoute, reason }).toEqual({
        generation: 2,
        shadowRoute: swapped[row.route] ?? row.route,
        reason: 'matched',
      })
    }
  })

  it('does not begin before the turn in which it was offered a decision is over', async () => {
    const { shadow, config, decisions } = await shadowOver(async () => {})
    for (const decision of decisions) shadow.offer(decision, config)
    await Promise.resolve()
    expect(shadow.stats()).toEqual({ decided: 0, dropped: 0 })
    await shadow.flush()
    expect(shadow.stats()).toEqual({ decided: decisions.length, dropped: 0 })
  })

  it('leaves decisions out where it falls behind, and counts them', async () => {
    const { shadow, config, decisions } = await shadowOver(async () => {}, { queueLimit: 3 })
    for (const decision of decisions) shadow.offer(decision, config)
    await shadow.close()
    expect(shadow.stats()).toEqual({ decided: 3, dropped: decisions.length - 3 })
  })

  it('writes in batches, and gives up what cannot be written, saying so once', async () => {
    const sizes: number[] = []
    const failing = async (rows: ShadowDecision[]) => {
      sizes.push(rows.length)
      throw new Error('the database is full')
    }
    const { shadow, config, decisions, warnings } = await shadowOver(failing, { batchSize: 8 })
    for (const decision of decisions) shadow.offer(decision, config)
    await shadow.close()
    expect(sizes).toEqual([8, 8, 4])
    expect(shadow.stats()).toEqual({ decided: 20, dropped: 20 })
    expect(warnings.map(({ message }) => message)).toEqual([
      'Decisions of the shadow could not be written.',
    ])
  })

  it('passes over what does not follow from the classification', async () => {
    const { shadow, config, decisions } = await shadowOver(async () => {})
    const [decision] = decisions
    if (!decision) throw new Error('nothing was decided')
    shadow.offer({ ...decision, reason: 'pinned' }, config)
    shadow.offer({ ...decision, reason: 'constrained' }, config)
    shadow.offer({ ...decision, embedding: null }, config)
    shadow.offer({ ...decision, encoderId: 'another' }, config)
    await shadow.close()
    expect(shadow.stats()).toEqual({ decided: 0, dropped: 0 })
  })

  it('takes nothing more once it was ended', async () => {
    const { arms, index, route, shadowed } = await withShadow()
    await arms.admin.end('shadow', { author: AUTHOR, reason: 'Enough.' })
    expect(index.shadow()).toBeNull()
    await route(TRAFFIC[0] as MadeRow)
    await arms.close()
    expect(shadowed).toEqual([])
  })
})
