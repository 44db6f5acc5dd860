// What the overview says waits for a person, and what a viewer may try; in process.
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { ReviewList } from '../../src/training/review/review-item.ts'
import { createDashboardApp, csrfIn } from './dashboard-app.ts'

const listOf = (items: number): ReviewList => ({
  items: Array.from({ length: items }, (_, i) => ({ id: `d_${i}` })) as ReviewList['items'],
  decisions: 100,
  generation: null,
})

const openWith = async (items: number) => {
  let searches = 0
  const { deps } = await createDashboardApp()
  const list = async () => {
    searches++
    return listOf(items)
  }
  const review = { ...deps.admin.review, list }
  const { get } = await createDashboardApp(
    { countNewVotes: async () => 0 },
    { admin: { ...deps.admin, review } },
  )
  const overview = async () => (await get('/dashboard')).text()
  return { overview, searches: () => searches }
}

it('the overview looks through the review queue once, and then says how many wait in it', async () => {
  const { overview, searches } = await openWith(3)
  expect(await overview()).toContain('Past decisions are being looked through')
  await setImmediate()
  const shown = await overview()
  expect(shown).toContain('3 items, found')
  expect(shown).toContain('href="/dashboard/learning/review"')
  await overview()
  expect(searches()).toBe(1)
})

it('the overview says that nothing waits once the queue is found empty', async () => {
  const { overview } = await openWith(0)
  expect(await overview()).not.toContain('Nothing waits.')
  await setImmediate()
  expect(await overview()).toContain('Nothing waits.')
})

it('a viewer tries a prompt, and may not keep it', async () => {
  let tried = 0
  const { add, get, post, signIn } = await createDashboardApp(
    {},
    {
      tryOut: () => {
        tried++
        return Promise.reject(new Error('Tried.'))
      },
    },
  )
  const cookie = await signIn(add({ roles: ['viewer'] }).secret)
  const page = await (await get('/dashboard/try', { cookie })).text()
  expect(page).toContain('name="text"')
  expect(page).not.toContain('name="store"')
  const send = (form: Record<string, string>) =>
    post('/dashboard/try', { csrf: csrfIn(page), text: 'sort a list', ...form }, { cookie })
  expect((await send({ store: 'yes' })).status).toBe(403)
  expect(tried).toBe(0)
  await send({})
  expect(tried).toBe(1)
})
