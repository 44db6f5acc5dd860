// Votes reach the memory of models once, the oldest first, and a day's spend is known again after a start.
import { expect, it } from 'vitest'
import { checkConfig } from '../../src/config/load-config.ts'
import { silentLogger } from '../../src/core/logger.ts'
import type { ServedOutcome } from '../../src/core/records/model-outcome.ts'
import { createOutcomeWatch } from '../../src/service/outcome-watch.ts'
import type { OutcomeQuery } from '../../src/store/store.ts'

const DAY_MS = 86_400_000
const NOW = 20_000 * DAY_MS + 5_000

const configOf = (select: string) =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: { a: { provider: 'demo', name: 'a' } },
      routes: { code: { models: ['a'], select } },
      default_route: 'code',
    },
    'the test configuration',
  )

const watched = (select: string) => {
  const asked: OutcomeQuery[] = []
  const learned: string[][] = []
  const spent: unknown[] = []
  let now = NOW
  const watch = createOutcomeWatch({
    config: () => configOf(select),
    memory: () => ({
      learn: (outcomes) => void learned.push(outcomes.map(({ id }) => id)),
      spent: (route, today) => void spent.push([route, today]),
    }),
    store: {
      listServedOutcomes: async (query) => {
        asked.push(query)
        return [{ id: 'younger' }, { id: 'older' }] as ServedOutcome[]
      },
      routeSpend: async (sinceMs) => {
        spent.push(sinceMs)
        return [{ route: 'code', requests: 3, costUsd: 0.5 }]
      },
    },
    logger: silentLogger,
    now: () => now,
  })
  const pass = (ms: number) => {
    now += ms
  }
  return { watch, asked, learned, spent, pass }
}

it('reads what was voted on in the last month and spent today, then only what is new', async () => {
  const { watch, asked, learned, spent, pass } = watched('learned')
  await watch.run()
  pass(10_000)
  await watch.run()
  expect(asked.map(({ votedSinceMs }) => votedSinceMs)).toEqual([NOW - 30 * DAY_MS, NOW])
  expect(learned).toEqual([
    ['older', 'younger'],
    ['older', 'younger'],
  ])
  expect(spent).toEqual([20_000 * DAY_MS, ['code', { usd: 0.5, requests: 3 }]])
})

it('asks nothing where no route chooses by outcomes', async () => {
  const { watch, asked } = watched('balanced')
  await watch.run()
  expect(asked).toEqual([])
})
