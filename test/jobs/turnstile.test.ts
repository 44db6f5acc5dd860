import { expect, it } from 'vitest'
import { createTurnstile } from '../../src/jobs/turnstile.ts'
import { deferred } from '../support/deferred.ts'

const signal = new AbortController().signal

it('lets so many work at once, and the next in the order of their coming', async () => {
  const turnstile = createTurnstile({ slots: 2, queueLimit: 10 })
  const started: number[] = []
  const ends = Array.from({ length: 4 }, () => deferred())
  const all = ends.map(({ promise }, i) =>
    turnstile(signal, async () => {
      started.push(i)
      await promise
      return i
    }),
  )
  await Promise.resolve()
  expect(started).toEqual([0, 1])
  ends[1]?.resolve()
  expect(await all[1]).toBe(1)
  await Promise.resolve()
  expect(started).toEqual([0, 1, 2])
  for (const { resolve } of ends) resolve()
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3])
})

it('goes on after work that fails, and after one who left while waiting', async () => {
  const turnstile = createTurnstile({ slots: 1, queueLimit: 10 })
  const leaving = new AbortController()
  const { promise, resolve } = deferred()
  const failing = turnstile(signal, async () => {
    await promise
    throw new Error('broken')
  })
  let hasRun = false
  const left = turnstile(leaving.signal, async () => {
    hasRun = true
  })
  const last = turnstile(signal, async () => 'served')
  leaving.abort(new Error('left'))
  resolve()
  await expect(failing).rejects.toThrow('broken')
  await expect(left).rejects.toThrow('left')
  expect(await last).toBe('served')
  expect(hasRun).toBe(false)
})

it('refuses those for whom there is no room to wait', async () => {
  const turnstile = createTurnstile({ slots: 1, queueLimit: 1 })
  const { promise, resolve } = deferred()
  const working = turnstile(signal, () => promise)
  const waiting = turnstile(signal, async () => 'served')
  await expect(turnstile(signal, async () => 'never')).rejects.toMatchObject({
    code: 'encoder_overloaded',
  })
  resolve()
  await working
  expect(await waiting).toBe('served')
})
