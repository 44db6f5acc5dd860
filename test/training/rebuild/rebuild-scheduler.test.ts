import { describe, expect, it } from 'vitest'
import { RouterError } from '../../../src/errors.ts'
import {
  createRebuildScheduler,
  type RebuildSchedulerOptions,
  scheduleMs,
} from '../../../src/training/rebuild/rebuild-scheduler.ts'
import { deferred } from '../../support/deferred.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const setUp = (training: { schedule?: string; rebuild_after?: number } = {}) => {
  const state = {
    training: { schedule: 'off', rebuild_after: 0, ...training },
    nowMs: 100 * HOUR,
    builtAtMs: (100 * HOUR) as number | null,
    voteTimes: [] as number[],
    isRebuilding: false,
    failure: null as unknown,
    counted: 0,
  }
  const begun: string[] = []
  const lines: { level: string; fields: object; message: string }[] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message })
  const options: RebuildSchedulerOptions = {
    training: () => state.training,
    countNewVotes: async (sinceMs) => {
      state.counted += 1
      return state.voteTimes.filter((time) => time > sinceMs).length
    },
    lastBuiltAtMs: async () => state.builtAtMs,
    rebuild: async (trigger) => {
      begun.push(trigger)
      if (state.failure) throw state.failure
      return { outcome: 'unchanged' }
    },
    isRebuilding: () => state.isRebuilding,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    now: () => state.nowMs,
  }
  const scheduler = createRebuildScheduler(options)
  const vote = (count = 1) => {
    for (let i = 0; i < count; i++) state.voteTimes.push(state.nowMs)
  }
  /** Looks every half minute until so much time has passed. */
  const pass = async (ms: number): Promise<void> => {
    for (const end = state.nowMs + ms; state.nowMs < end; ) {
      state.nowMs += MINUTE / 2
      await scheduler.tick()
    }
  }
  return { state, begun, lines, options, scheduler, vote, pass }
}

describe('scheduleMs', () => {
  it.each([
    ['30m', 30 * MINUTE],
    ['6h', 6 * HOUR],
    ['1d', 24 * HOUR],
    ['off', null],
  ])('reads %s', (schedule, ms) => expect(scheduleMs(schedule)).toBe(ms))
})

describe('a scheduled rebuild', () => {
  it('begins when its time has come and there is new feedback', async () => {
    const { begun, vote, pass } = setUp({ schedule: '6h' })
    await pass(MINUTE)
    vote()
    await pass(5.9 * HOUR)
    expect(begun).toEqual([])
    await pass(0.2 * HOUR)
    expect(begun).toEqual(['schedule'])
  })

  it('does not begin without new feedback, and then begins with it', async () => {
    const { begun, vote, pass } = setUp({ schedule: '1h' })
    await pass(3 * HOUR)
    expect(begun).toEqual([])
    vote()
    await pass(MINUTE)
    expect(begun).toEqual(['schedule'])
    await pass(5 * HOUR)
    expect(begun).toEqual(['schedule'])
  })

  it('asks for nothing where it is off', async () => {
    const { begun, vote, pass, state } = setUp()
    vote(1_000)
    await pass(24 * HOUR)
    expect(begun).toEqual([])
    expect(state.counted).toBe(0)
  })

  it('waits for the first generation', async () => {
    const { begun, vote, pass, state } = setUp({ schedule: '30m', rebuild_after: 1 })
    state.builtAtMs = null
    vote()
    await pass(HOUR)
    expect(begun).toEqual([])
  })

  it('follows the configuration as it is now', async () => {
    const { begun, vote, pass, state } = setUp()
    await pass(MINUTE)
    vote()
    await pass(2 * HOUR)
    state.training = { schedule: '1h', rebuild_after: 0 }
    await pass(MINUTE)
    expect(begun).toEqual(['schedule'])
  })
})

describe('a rebuild for want of corrections', () => {
  it('begins as soon as enough of them wait, and counts anew from then', async () => {
    const { begun, vote, pass, state } = setUp({ rebuild_after: 3 })
    await pass(MINUTE)
    vote(2)
    await pass(HOUR)
    expect(begun).toEqual([])
    vote()
    await pass(MINUTE)
    expect(begun).toEqual(['corrections'])
    // Nothing was built of them: they do not begin it over and over.
    expect(state.builtAtMs).toBe(100 * HOUR)
    await pass(24 * HOUR)
    expect(begun).toHaveLength(1)
    vote(3)
    await pass(MINUTE)
    expect(begun).toEqual(['corrections', 'corrections'])
  })

  it('leaves to a rebuild by hand what that one takes', async () => {
    const { begun, vote, pass, state } = setUp({ rebuild_after: 3 })
    await pass(MINUTE)
    vote(2)
    state.nowMs += 1
    state.builtAtMs = state.nowMs
    vote()
    await pass(HOUR)
    expect(begun).toEqual([])
  })

  it('does not begin beside another', async () => {
    const { begun, vote, pass, state } = setUp({ rebuild_after: 1 })
    await pass(MINUTE)
    vote()
    state.isRebuilding = true
    await pass(HOUR)
    expect(begun).toEqual([])
    state.isRebuilding = false
    await pass(MINUTE)
    expect(begun).toEqual(['corrections'])
  })

  it('looks no second time while a look is under way', async () => {
    const { scheduler, vote, options, state } = setUp({ rebuild_after: 1 })
    state.nowMs += MINUTE
    vote()
    const gate = deferred<void>()
    const counted = deferred<void>()
    options.countNewVotes = async () => 0
    const slow = createRebuildScheduler({
      ...options,
      countNewVotes: async () => {
        counted.resolve()
        await gate.promise
        return 1
      },
    })
    const first = slow.tick()
    await counted.promise
    expect(slow.tick()).toBe(first)
    gate.resolve()
    await first
    await slow.stop()
    await scheduler.stop()
  })
})

describe('a scheduled rebuild that fails', () => {
  it('is tried again after longer and longer waits, and is logged', async () => {
    const { begun, vote, pass, state, lines } = setUp({ rebuild_after: 1 })
    await pass(MINUTE)
    vote()
    state.failure = new RouterError('internal', 'The build process ended.')
    await pass(HOUR)
    // At once, then after 1, 2, 4, 8, 16 and 32 minutes.
    expect(begun).toHaveLength(6)
    expect(lines[0]).toMatchObject({
      level: 'warn',
      fields: { code: 'internal', problem: 'The build process ended.', waitMs: MINUTE },
    })
    state.failure = null
    await pass(HOUR)
    expect(begun).toHaveLength(7)
    await pass(HOUR)
    expect(begun).toHaveLength(7)
  })

  it('simply waits where a command rebuilds', async () => {
    const { begun, vote, pass, state, lines } = setUp({ rebuild_after: 1 })
    await pass(MINUTE)
    vote()
    state.failure = new RouterError('build_in_progress', 'Another rebuild runs.')
    await pass(MINUTE)
    expect(begun).toHaveLength(2)
    expect(lines).toEqual([])
  })

  it('also where the votes cannot be counted', async () => {
    const { options, state, lines } = setUp({ rebuild_after: 1 })
    const scheduler = createRebuildScheduler({
      ...options,
      countNewVotes: async () => {
        throw new RouterError('store_unavailable', 'The database is full.')
      },
    })
    state.nowMs += MINUTE
    await scheduler.tick()
    expect(lines).toMatchObject([{ level: 'warn', fields: { code: 'store_unavailable' } }])
  })
})
