// What an open page asks for by itself is not news: the log tells of what a person opened or did.
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { LogLine } from '../store/fixtures.ts'
import { createDashboardApp } from './dashboard-app.ts'

it('pages and actions are logged as they are, fragments and files quietly, unless they fail', async () => {
  const { get, post, deps, add, signIn } = await createDashboardApp()
  const { lines } = deps as unknown as { lines: LogLine[] }
  const cookie = await signIn(add({ roles: ['viewer'] }).secret)
  const page = await (await get('/dashboard', { cookie })).text()
  const asset = /\/dashboard\/assets\/[^"]+/.exec(page)?.[0] ?? ''
  await setImmediate()
  lines.splice(0)
  const logged = async (asked: Promise<Response> | Response) => {
    const { status } = await asked
    await setImmediate()
    const [line] = lines.splice(0)
    return [status, line?.level]
  }
  const fragment = { cookie, 'hx-request': 'true' }
  expect(await logged(get('/dashboard/try', { cookie }))).toEqual([200, 'info'])
  expect(await logged(get('/dashboard', fragment))).toEqual([200, 'debug'])
  expect(await logged(get('/dashboard/learning/review/queue', fragment))).toEqual([200, 'debug'])
  expect(await logged(get(asset))).toEqual([200, 'debug'])
  expect(await logged(get('/dashboard/decisions/x/receipt', fragment))).not.toContain('debug')
  expect(await logged(post('/dashboard/try', {}, fragment))).toEqual([403, 'info'])
})
