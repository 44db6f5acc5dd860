// A store that measures the duration of each call. Calls run one at a time, so that none waits for another.
import { createInTurn } from '../../src/jobs/in-turn.ts'
import type { Store } from '../../src/store/store.ts'

export interface Asked {
  /** Of the method. */
  name: string
  ms: number
  /** Time that this process used a core: what is left of `ms` where other programs wait for one. */
  coreMs: number
}

export interface TimedStore {
  store: Store
  /** What was asked since the last call. */
  take(): Asked[]
}

export const timedStore = (store: Store): TimedStore => {
  const inTurn = createInTurn()
  const asked: Asked[] = []
  const timed =
    (name: string, method: (...given: unknown[]) => unknown) =>
    (...given: unknown[]) =>
      inTurn(async () => {
        const core = process.cpuUsage()
        const startedMs = performance.now()
        const answer = await method(...given)
        const ms = performance.now() - startedMs
        const { user, system } = process.cpuUsage(core)
        asked.push({ name, ms, coreMs: (user + system) / 1_000 })
        return answer
      })
  return {
    store: new Proxy(store, {
      get: (of, name) => timed(String(name), Reflect.get(of, name) as () => unknown),
    }),
    take: () => asked.splice(0),
  }
}
