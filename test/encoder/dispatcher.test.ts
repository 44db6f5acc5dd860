// The queue before the encoder processes, with time in the test's hands: overload in simulation.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createDispatcher } from '../../src/encoder/dispatcher.ts'
import { createHeadroom } from '../../src/encoder/headroom.ts'
import { createJobs } from '../../src/encoder/jobs.ts'
import { createServiceTime } from '../../src/encoder/service-time.ts'
import type { Slot } from '../../src/encoder/slot.ts'
import { RouterError } from '../../src/errors.ts'

const DEADLINE_MS = 250
const PROMPT = 'a prompt of a few words that is always the same'

interface FakeSlot {
  serviceMs: (text: string) => number
  /** The main thread hears of what is done in steps of this many milliseconds; 0: at once. */
  heardEveryMs: number
}

/** A process that takes `serviceMs` a prompt, one after another, in the order of sending. */
const createFakeSlot = ({ serviceMs, heardEveryMs }: FakeSlot, onDone: (job: number) => void) => {
  const under: { job: number; text: string }[] = []
  let unheard = 0
  const hear = (job: number): void => {
    unheard -= 1
    onDone(job)
  }
  const work = (): void => {
    const [first] = under
    if (first === undefined) return
    const { job, text } = first
    setTimeout(() => {
      under.shift()
      if (heardEveryMs === 0) hear(job)
      else setTimeout(() => hear(job), heardEveryMs - (Date.now() % heardEveryMs))
      work()
    }, serviceMs(text))
  }
  const slot = {
    state: 'ready',
    pid: 1,
    restarts: 0,
    get inFlight() {
      return unheard
    },
    send: (job: number, text: string) => {
      unheard += 1
      under.push({ job, text })
      if (under.length === 1) work()
    },
    start: () => Promise.reject(new Error('not used')),
    close: () => Promise.resolve(),
  } satisfies Slot
  return slot
}

const setUp = (service: number | FakeSlot['serviceMs'], heardEveryMs = 0) => {
  const serviceMs = typeof service === 'number' ? () => service : service
  const now = () => Date.now()
  const headroom = createHeadroom()
  const jobs = createJobs({ now, onTimeout: headroom.missed })
  const options = { jobs, headroom, serviceTime: createServiceTime(), now, isClosed: () => false }
  const dispatcher = createDispatcher(options)
  const slot: Slot = createFakeSlot({ serviceMs, heardEveryMs }, (job) => {
    dispatcher.answered(slot, [job])
    if (jobs.resolve(job, new Float32Array(1))) headroom.met()
    dispatcher.dispatch()
  })
  dispatcher.addSlot(slot)
  return {
    dispatcher,
    admit: async (text = PROMPT) =>
      dispatcher.admit(text, { deadlineMs: DEADLINE_MS, signal: undefined }),
  }
}

/** Prompts at `load` times the capacity for two seconds, evenly; the share of the capacity that was answered in time. */
const goodput = async (load: number, heardEveryMs = 0) => {
  const serviceMs = 10
  const { dispatcher, admit } = setUp(serviceMs, heardEveryMs)
  const seconds = 2
  let served = 0
  let slowest = 0
  const offered = (seconds * 1_000 * load) / serviceMs
  const ask = async (): Promise<void> => {
    const at = Date.now()
    await admit()
    served += 1
    slowest = Math.max(slowest, Date.now() - at)
  }
  for (let i = 0; i < offered; i++) {
    setTimeout(() => void ask().catch(() => {}), (i * serviceMs) / load)
  }
  await vi.advanceTimersByTimeAsync(seconds * 1_000)
  const share = served / ((seconds * 1_000) / serviceMs)
  return { share, slowest, counters: dispatcher.counters }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  return () => vi.useRealTimers()
})

describe('the queue of the encoder', () => {
  it('refuses nothing at four fifths of the capacity', async () => {
    const { counters } = await goodput(0.8)
    expect(counters).toEqual({ refused: 0, expired: 0, unavailable: 0 })
  })

  it.each([1, 1.5, 2, 4])(
    'answers over nine tenths of the capacity in time at %d times its load',
    async (load) => {
      const { share, slowest } = await goodput(load)
      expect(share).toBeGreaterThan(0.9)
      expect(slowest).toBeLessThanOrEqual(DEADLINE_MS)
    },
  )

  it('keeps a process busy while the main thread is late by two prompts and a half', async () => {
    const { share, slowest } = await goodput(2, 25)
    expect(share).toBeGreaterThan(0.9)
    expect(slowest).toBeLessThanOrEqual(DEADLINE_MS)
  })

  it('tells how long a prompt would wait', async () => {
    const { admit, dispatcher } = setUp(100)
    const first = admit()
    await vi.advanceTimersByTimeAsync(100)
    await first
    expect(dispatcher.waitMs()).toBe(0)
    const accepted = [admit(), admit()]
    expect(dispatcher.waitMs()).toBe(200)
    await vi.advanceTimersByTimeAsync(50)
    expect(dispatcher.waitMs()).toBe(150)
    await vi.advanceTimersByTimeAsync(150)
    expect(await Promise.all(accepted)).toHaveLength(2)
  })

  it('refuses at once what would be late, with the wait that it expects', async () => {
    const { admit } = setUp(100)
    await vi.advanceTimersByTimeAsync(0)
    const first = admit()
    await vi.advanceTimersByTimeAsync(100)
    await first
    const accepted = [admit(), admit()]
    await expect(admit()).rejects.toEqual(
      expect.objectContaining({
        name: RouterError.name,
        code: 'encoder_overloaded',
        details: { waitMs: 300, deadlineMs: DEADLINE_MS },
      }),
    )
    await vi.advanceTimersByTimeAsync(200)
    expect(await Promise.all(accepted)).toHaveLength(2)
  })

  it('lets a prompt in while a process is idle, however slow the last ones were', async () => {
    const { admit, dispatcher } = setUp(1_000)
    const late = admit().catch((error: RouterError) => error.code)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await late).toBe('encoder_timeout')
    void admit().catch(() => {})
    expect(dispatcher.counters.refused).toBe(0)
  })

  describe('with long prompts among short ones', () => {
    const LONG = 'several words that go on and on '.repeat(25)
    const set = async () => {
      const all = setUp((text) => (text === LONG ? 40 : 10))
      const warm = all.admit(LONG)
      await vi.advanceTimersByTimeAsync(40)
      await warm
      const order: string[] = []
      const ask = (text: string, name: string) =>
        void all.admit(text).then(
          () => order.push(name),
          () => {},
        )
      for (let i = 0; i < 2; i++) ask(LONG, 'before')
      return { ...all, order, ask }
    }

    it('answers a short one before a long one that came a little earlier', async () => {
      const { ask, order } = await set()
      ask(LONG, 'long')
      await vi.advanceTimersByTimeAsync(10)
      ask(PROMPT, 'short')
      await vi.advanceTimersByTimeAsync(DEADLINE_MS)
      expect(order).toEqual(['before', 'before', 'short', 'long'])
    })

    it('lets no short one overtake a long one that came over 50 ms earlier', async () => {
      const { ask, order } = await set()
      ask(LONG, 'long')
      await vi.advanceTimersByTimeAsync(55)
      ask(PROMPT, 'short')
      await vi.advanceTimersByTimeAsync(DEADLINE_MS)
      expect(order).toEqual(['before', 'before', 'long', 'short'])
    })

    it('takes a quarter of the long ones while short ones are four times of what it can answer', async () => {
      const { ask, order } = await set()
      for (let ms = 0; ms < 2_000; ms += 10) {
        if (ms % 100 === 0) ask(LONG, 'long')
        for (let i = 0; i < 4; i++) ask(PROMPT, 'short')
        await vi.advanceTimersByTimeAsync(10)
      }
      const long = order.filter((name) => name === 'long').length
      expect(long).toBeGreaterThanOrEqual(20 / 4)
    })
  })
})
