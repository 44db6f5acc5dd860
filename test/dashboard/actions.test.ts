// Every action of every page: what it refuses before it does anything.
import { describe, expect, it } from 'vitest'
import { PARTS } from '../../src/dashboard/pages/pages.ts'
import { createDashboardApp, csrfIn } from './dashboard-app.ts'

const pathsOf = (isReading: boolean) =>
  PARTS.filter((part) => part.kind === 'action')
    .filter((action) => (action.isReading === true) === isReading)
    .map(({ path }) => `/dashboard${path.replace(/:[a-z]+/gi, 'x')}`)

const ACTIONS = pathsOf(false)

/** What changes nothing, and viewers may do, too. */
const READINGS = pathsOf(true)

/** Two people who are signed in with keys of their own. */
const signedIn = async () => {
  const { get, post, signIn, add } = await createDashboardApp()
  const sessionOf = async (role: 'admin' | 'viewer') => {
    const cookie = await signIn(add({ roles: [role] }).secret)
    return { cookie, csrf: csrfIn(await (await get('/dashboard', { cookie })).text()) }
  }
  return { post, get, admin: await sessionOf('admin'), viewer: await sessionOf('viewer') }
}

it('there are actions, and trying a prompt alone changes nothing', () => {
  expect(ACTIONS.length).toBeGreaterThan(20)
  expect(READINGS).toEqual(['/dashboard/try'])
})

describe.each([...ACTIONS, ...READINGS])('%s', (path) => {
  it('wants the token of the very session, a key that may act, and a form of this origin', async () => {
    const { post, admin, viewer } = await signedIn()
    const { cookie, csrf } = admin
    const statuses = {
      'without a session': (await post(path, { csrf })).status,
      'without the token': (await post(path, {}, { cookie })).status,
      'with the token of another session': (await post(path, { csrf: viewer.csrf }, { cookie }))
        .status,
      'with a token that is none': (await post(path, { csrf: 'x' }, { cookie })).status,
      'as a viewer': (await post(path, { csrf: viewer.csrf }, { cookie: viewer.cookie })).status,
      'from another origin': (
        await post(path, { csrf }, { cookie, origin: 'https://attacker.example' })
      ).status,
    }
    expect(statuses).toEqual({
      'without a session': 303,
      'without the token': 403,
      'with the token of another session': 403,
      'with a token that is none': 403,
      // What comes in is refused as it is for an admin.
      'as a viewer': READINGS.includes(path) ? 400 : 403,
      'from another origin': 403,
    })
  })
})

it('a page carries another token each time it is rendered, and each of them is taken', async () => {
  const { get, post, admin } = await signedIn()
  const { cookie, csrf } = admin
  const again = csrfIn(await (await get('/dashboard', { cookie })).text())
  expect(again).not.toBe(csrf)
  const [path = ''] = ACTIONS
  for (const token of [csrf, again]) {
    expect((await post(path, { csrf: token }, { cookie })).status).not.toBe(403)
  }
})

it('pages are compressed where the browser takes it', async () => {
  const { get } = await createDashboardApp()
  const plain = await get('/dashboard')
  expect(plain.headers.get('content-encoding')).toBeNull()
  const answer = await get('/dashboard', { 'accept-encoding': 'gzip, br' })
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect((await answer.arrayBuffer()).byteLength).toBeLessThan((await plain.text()).length / 2)
})
