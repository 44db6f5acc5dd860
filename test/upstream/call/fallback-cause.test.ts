import { expect, it } from 'vitest'
import { errorBody, json } from '../../support/fake-provider.ts'
import { answer } from '../../support/faulty-provider.ts'
import { createRig } from '../../support/rig.ts'

type Exchange = Parameters<typeof answer>[0]

/** Models of the faulty provider that answer with a status, or serve. */
const faults = (statuses: Record<string, () => number>) =>
  Object.fromEntries(
    Object.entries(statuses).map(([model, next]) => [
      model,
      (x: Exchange) => {
        const status = next()
        return status < 400 ? answer(x) : json(x, status, errorBody('a secret reason'))
      },
    ]),
  )

const CAUSE = 'x-router-fallback-cause'

it('names the first model’s failure in a header and in the log, and not what the provider said', async () => {
  const rig = await createRig({
    chain: ['first', 'second', 'third'],
    faults: faults({ first: () => 404, second: () => 500, third: () => 200 }),
  })
  const reply = await rig.ask()
  expect([reply.status, reply.headers.get('x-router-model')]).toEqual([200, 'third'])
  expect(reply.headers.get(CAUSE)).toBe('first: upstream_error 404')
  const { facts } = await rig.deps.logged(({ message }) => message === 'request')
  expect(facts).toMatchObject({ fallback: true, fallbackCause: 'first: upstream_error 404' })
  expect(JSON.stringify(rig.deps.lines)).not.toContain('a secret reason')
})

it('says that a model rests where it was not called', async () => {
  const rig = await createRig({
    chain: ['first', 'second'],
    resilience: { cooldown_ms: 60_000 },
    faults: faults({ first: () => 429, second: () => 200 }),
  })
  expect((await rig.ask()).headers.get(CAUSE)).toBe('first: upstream_error 429')
  expect((await rig.ask()).headers.get(CAUSE)).toBe('first: cooling down')
})

it('stays out of a reply that the decided model gave, after a retry too', async () => {
  let calls = 0
  const rig = await createRig({
    chain: ['first', 'second'],
    faults: faults({ first: () => (calls++ === 0 ? 503 : 200), second: () => 200 }),
  })
  const { headers } = await rig.ask({ models: ['first'] })
  expect(headers.get('x-router-model')).toBe('first')
  expect(headers.get(CAUSE)).toBeNull()
})
