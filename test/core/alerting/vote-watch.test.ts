import { expect, it } from 'vitest'
import { createVoteWatch } from '../../../src/core/alerting/vote-watch.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

const RATES = { expected: 0.1, feared: 0.3 }

it('finds a route whose bad votes have tripled, and no other', () => {
  const random = createRandom(4)
  const watch = createVoteWatch(RATES)
  for (let n = 0; n < 150; n++) {
    watch.add('code', random() < 0.3)
    watch.add('math', random() < 0.08)
  }
  expect(watch.alarms()).toMatchObject([{ route: 'code' }])
})

it('says nothing in a thousand votes that are as expected', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const random = createRandom(seed)
    const watch = createVoteWatch(RATES)
    for (let n = 0; n < 1_000; n++) watch.add('code', random() < 0.09)
    expect(watch.alarms()).toEqual([])
  }
})
