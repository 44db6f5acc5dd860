// A regression that only live traffic shows: a generation that is as good as the serving one on held-out prompts, and
// sends a kind of prompt astray that held-out does not hold. Votes on a share of the sessions roll it back.
import { describe, expect, it } from 'vitest'
import { createCanaryWatch } from '../../src/arms/canary-watch.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import type { Decision } from '../../src/core/types.ts'
import { readArms } from '../../src/vector-index/arms.ts'
import { currentGeneration, setCurrent } from '../../src/vector-index/generation-store.ts'
import { readHistory } from '../../src/vector-index/history.ts'
import { type MadeRow, madeRows, rowNear, SHAPE } from '../support/made-generations.ts'
import { type ArmsSetup, createArmsSetup } from './setup.ts'

const KNOWN = madeRows({ perRoute: 30, seed: 1 })
const HELD_OUT = madeRows({ perRoute: 15, seed: 2, prefix: 'held' })
const TRAFFIC = madeRows({ perRoute: 40, seed: 3, prefix: 'live' })

/** Prompts of a kind of their own; they belong to cooking. */
const hiddenRows = (count: number, seed: number): MadeRow[] => {
  const centre = new Float32Array(SHAPE.dimensions)
  centre[5] = 1
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, n) => ({
    id: `tea_${seed}_${n}`,
    text: `please steep prompt ${seed} ${n}`,
    route: 'cooking',
    source: 'seed',
    vector: rowNear(centre, random, 0.5),
  }))
}

const HIDDEN_TRAINED = hiddenRows(20, 10)
const HIDDEN_TRAFFIC = hiddenRows(80, 11)
const ASTRAY = HIDDEN_TRAINED.map((row) => ({ ...row, route: 'code' }))
const GOOD = [...KNOWN, ...HIDDEN_TRAINED]
const BAD = [...KNOWN, ...ASTRAY]
/** Names no subject: it takes its route from the turn before. */
const FOLLOW_UP: MadeRow = {
  ...(madeRows({ perRoute: 1, seed: 4 })[0] as MadeRow),
  text: 'and a bit shorter?',
}
const PROMPTS = [...HELD_OUT, ...TRAFFIC, ...HIDDEN_TRAFFIC, FOLLOW_UP]
const SETTINGS = { promote_after_votes: 100, false_rollback_chance: 0.05 }

/** Votes between two looks of the watch. */
const LOOK_AFTER = 10

/** A prompt of today: every third of the kind that held-out does not hold. */
const promptOf = (n: number): MadeRow => {
  const rows = n % 3 === 0 ? HIDDEN_TRAFFIC : TRAFFIC
  return rows[n % rows.length] as MadeRow
}

/** Requests of different sessions, each voted on by whether its route was right, until `until` or the last. */
const serve = async (
  { route, vote, clock, arms }: ArmsSetup,
  requests: number,
  until: () => Promise<boolean>,
): Promise<Decision[]> => {
  const decisions: Decision[] = []
  for (let n = 0; n < requests; n++) {
    clock.nowMs += 1_000
    const row = promptOf(n)
    const decision = await route(row, `session-${n}`)
    decisions.push(decision)
    vote(decision, decision.route !== row.route)
    if (n % LOOK_AFTER !== 0) continue
    await arms.watch.look()
    if (await until()) break
  }
  return decisions
}

const isCanaryOver = (setup: ArmsSetup) => async () => (await readArms(setup.dir)).canary === null

const lastEvent = async (dir: string) => (await readHistory(dir)).at(-1)

describe('a canary that only live traffic shows to be worse', () => {
  let setup: ArmsSetup

  const begin = async (second: readonly MadeRow[]): Promise<void> => {
    setup = await createArmsSetup([GOOD, second], PROMPTS, SETTINGS)
    await setup.arms.admin.startCanary({ generation: 2, share: 0.3, author: 'ops' })
  }

  it('is as good on held-out prompts', async () => {
    await begin(BAD)
    const right = { serving: 0, canary: 0 }
    const asked = { serving: 0, canary: 0 }
    for (const [n, row] of HELD_OUT.entries()) {
      for (let person = 0; person < 4; person++) {
        const { arm, route } = await setup.route(row, `held-out-${n}-${person}`)
        if (!arm) throw new Error('no arm')
        asked[arm] += 1
        if (route === row.route) right[arm] += 1
      }
    }
    expect(asked.canary).toBeGreaterThan(30)
    expect(right.serving / asked.serving).toBeGreaterThan(0.95)
    expect(right.canary / asked.canary).toBeGreaterThan(0.95)
  })

  it('is rolled back by the votes, and the serving generation decides for everybody again', async () => {
    await begin(BAD)
    const decisions = await serve(setup, 1_500, isCanaryOver(setup))
    const arms = new Set(decisions.map(({ arm, indexGeneration }) => `${arm} ${indexGeneration}`))
    expect([...arms].sort()).toEqual(['canary 2', 'serving 1'])
    expect(await readArms(setup.dir)).toEqual({ shadow: null, canary: null })
    expect(await currentGeneration(setup.dir)).toBe(1)
    expect(await lastEvent(setup.dir)).toMatchObject({
      action: 'canary_ended',
      generation: 2,
      author: 'signalbox',
      reason: expect.stringMatching(/^Rolled back: the canary is worse\. Its generation 2: \d+ of/),
    })
    expect(setup.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'The canary was rolled back.' }),
    )
    await setup.index.reload()
    for (let n = 0; n < 50; n++) {
      const decision = await setup.route(promptOf(n), `session-${n}`)
      expect(decision).toMatchObject({ arm: 'serving', indexGeneration: 1 })
    }
  }, 60_000)

  it('is promoted where it is no worse', async () => {
    await begin([...GOOD, ...hiddenRows(10, 12)])
    await serve(setup, 1_500, isCanaryOver(setup))
    expect(await currentGeneration(setup.dir)).toBe(2)
    expect(await readArms(setup.dir)).toEqual({ shadow: null, canary: null })
    const history = await readHistory(setup.dir)
    expect(history.find(({ action }) => action === 'promoted')).toMatchObject({
      generation: 2,
      from: 1,
      author: 'signalbox',
      reason: expect.stringMatching(/^Promoted: the canary held\. Its generation 2: \d+ of \d+/),
    })
    await setup.index.reload()
    expect(await setup.route(promptOf(0), 'session-0')).toMatchObject({
      arm: 'serving',
      indexGeneration: 2,
    })
  }, 60_000)

  it('keeps a conversation in its arm, and classifies the history of a follow-up with it', async () => {
    await begin(BAD)
    const row = HIDDEN_TRAFFIC[0] as MadeRow
    const seen = new Set<string>()
    for (let n = 0; n < 40; n++) {
      const first = await setup.route(row, `talk-${n}`)
      const again = await setup.route(FOLLOW_UP, `talk-${n}`, row)
      const expected = first.arm === 'canary' ? 'code' : 'cooking'
      expect(first.route).toBe(expected)
      expect(again).toMatchObject({
        arm: first.arm,
        indexGeneration: first.indexGeneration,
        inherited: { source: 'history', earlier: { route: expected } },
      })
      seen.add(String(first.arm))
    }
    expect(seen).toEqual(new Set(['serving', 'canary']))
  })

  it('tells conversations apart by how they begin where no session is named', async () => {
    await begin(BAD)
    const arms = new Map<string, Decision['arm']>()
    for (const row of TRAFFIC) arms.set(row.text, (await setup.route(row)).arm)
    const share = [...arms.values()].filter((arm) => arm === 'canary').length / TRAFFIC.length
    expect(share).toBeGreaterThan(0.15)
    expect(share).toBeLessThan(0.45)
    for (const row of TRAFFIC.slice(0, 20)) {
      expect((await setup.route(FOLLOW_UP, null, row)).arm).toBe(arms.get(row.text))
    }
  })

  it('ends by itself, and says why, when the ground is taken from under it', async () => {
    await begin(BAD)
    await setup.arms.admin.startShadow({ generation: 2, author: 'ops' })
    await setCurrent(setup.dir, 2)
    expect(await setup.arms.watch.look()).toBeNull()
    expect(await readArms(setup.dir)).toEqual({ shadow: null, canary: null })
    expect(await lastEvent(setup.dir)).toMatchObject({ action: 'canary_ended', generation: 2 })
  })

  it('outlives a store that cannot be read, and says so once', async () => {
    await begin(BAD)
    const { dir, lines } = setup
    const errors: string[] = []
    const watch = createCanaryWatch({
      dir,
      store: { listArmVotes: () => Promise.reject(new Error('the disk is gone')) },
      settings: () => setup.config.training.canary,
      logger: {
        debug: () => {},
        info: () => {},
        warn: () => {},
        error: (_: object, message: string) => void errors.push(message),
      },
      now: Date.now,
    })
    expect([await watch.look(), await watch.look()]).toEqual([null, null])
    expect(errors).toEqual(['The canary could not be checked.'])
    expect((await readArms(dir)).canary?.generation).toBe(2)
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})
