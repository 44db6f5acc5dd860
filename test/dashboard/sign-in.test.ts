// Who gets in, with what cookie, and what the dashboard refuses: foreign hosts and origins, frames, forms without the token.
import { describe, expect, it, vi } from 'vitest'
import { createDashboardApp, csrfIn } from './dashboard-app.ts'

const HOME = '/dashboard'

describe('the dashboard of a server without keys', () => {
  it('opens at once on this machine', async () => {
    const { get } = await createDashboardApp()
    const answer = await get(HOME)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('<h1>Overview</h1>')
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  it.each([
    ['a foreign host', { host: 'attacker.example:8787' }],
    ['a page of another origin', { origin: 'https://attacker.example' }],
    ['a request across sites', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }],
  ])('refuses %s', async (_what, headers) => {
    const { get } = await createDashboardApp()
    const answer = await get(HOME, headers)
    expect(answer.status).toBe(403)
    expect(await answer.text()).not.toContain('csrf')
  })
})

describe('signing in', () => {
  it('is asked of everyone once there is a key, and leads back to the page that was wanted', async () => {
    const { get, post, add } = await createDashboardApp()
    const { secret } = add({ roles: ['admin'] })
    const asked = await get(`${HOME}?range=7d`)
    expect(asked.status).toBe(303)
    const page = await get('/dashboard/sign-in?back=%2Fdashboard%2Fdecisions')
    expect(await page.text()).toContain('value="/dashboard/decisions"')
    const answer = await post('/dashboard/sign-in', { key: secret, back: '/dashboard?range=7d' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/dashboard?range=7d'])
  })

  it.each(['https://attacker.example', '//attacker.example', '/dashboardx', '/v1/models'])(
    'leads nowhere else: %s',
    async (back) => {
      const { post, add } = await createDashboardApp()
      const { secret } = add({ roles: ['admin'] })
      const answer = await post('/dashboard/sign-in', { key: secret, back })
      expect(answer.headers.get('location')).toBe(HOME)
    },
  )

  it('gives a cookie that no script reads and no other site sends, and only over TLS beyond loopback', async () => {
    const { post, add } = await createDashboardApp()
    const { secret } = add({ roles: ['viewer'] })
    const here = await post('/dashboard/sign-in', { key: secret })
    expect(here.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict$/)
    expect(here.headers.get('set-cookie')).not.toContain(secret)
    const there = await post('/dashboard/sign-in', { key: secret }, { host: 'desk.example' })
    expect(there.headers.get('set-cookie')).toContain('; Secure')
    const behindTls = { 'x-forwarded-proto': 'https' }
    const proxied = await post('/dashboard/sign-in', { key: secret }, behindTls)
    expect(proxied.headers.get('set-cookie')).toContain('; Secure')
  })

  it('takes keys of the roles viewer and admin alone', async () => {
    const { post, add } = await createDashboardApp()
    const { secret } = add({ roles: ['inference', 'feedback'] })
    const answer = await post('/dashboard/sign-in', { key: secret })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  it('makes an address wait that is wrong again and again, and lets it in afterwards', async () => {
    const { post, add, clock } = await createDashboardApp()
    const { secret } = add({ roles: ['admin'] })
    for (let n = 0; n < 10; n++) {
      expect((await post('/dashboard/sign-in', { key: `sb-wrong${n}` })).status).toBe(401)
    }
    const refused = await post('/dashboard/sign-in', { key: secret })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '6'])
    clock.nowMs += 6_000
    expect((await post('/dashboard/sign-in', { key: secret })).status).toBe(303)
  })

  it('ends with the key, with time, and with signing out', async () => {
    const { get, post, add, signIn, deps, clock } = await createDashboardApp()
    const { secret } = add({ roles: ['admin'] })
    const cookie = await signIn(secret)
    const page = await get(HOME, { cookie })
    expect(page.status).toBe(200)
    const csrf = csrfIn(await page.text())
    expect((await post('/dashboard/sign-out', {}, { cookie })).status).toBe(403)
    expect((await post('/dashboard/sign-out', { csrf }, { cookie })).status).toBe(303)
    expect((await get(HOME, { cookie })).status).toBe(303)

    const later = await signIn(secret)
    clock.nowMs += 12 * 3_600_000
    expect((await get(HOME, { cookie: later })).status).toBe(303)

    const revoked = await signIn(secret)
    deps.access.recall = async () => null
    expect((await get(HOME, { cookie: revoked })).status).toBe(303)
  })
})

describe('every answer of the dashboard', () => {
  it('forbids frames, foreign sources, inline scripts and keeping', async () => {
    const { get, add } = await createDashboardApp()
    const open = await get(HOME)
    add({ roles: ['admin'] })
    for (const answer of [open, await get(HOME), await get('/dashboard/sign-in')]) {
      const policy = answer.headers.get('content-security-policy') ?? ''
      for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
        expect(policy).toContain(rule)
      }
      expect(policy).not.toContain('unsafe')
      expect(answer.headers.get('x-frame-options')).toBe('DENY')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  it('holds no script and no style of its own', async () => {
    const { get } = await createDashboardApp()
    const html = await (await get(HOME)).text()
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/)
  })
})

describe('a form', () => {
  it.each([
    ['of another origin', { origin: 'https://attacker.example' }],
    ['of another port of this machine', { origin: 'http://localhost:3000' }],
    ['that the browser says is of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of a page without an origin', { origin: 'null' }],
  ])('%s is refused', async (_what, headers) => {
    const { post, add } = await createDashboardApp()
    const { secret } = add({ roles: ['admin'] })
    expect((await post('/dashboard/sign-in', { key: secret }, headers)).status).toBe(403)
  })

  it('of very many fields is read in one pass', async () => {
    const { app } = await createDashboardApp()
    const body = Array.from({ length: 150_000 }, (_, i) => `f${i}=`).join('&')
    const lookups = vi.spyOn(URLSearchParams.prototype, 'getAll')
    const answer = await app.request('/dashboard/sign-in', {
      method: 'POST',
      headers: {
        host: 'localhost:8787',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `${body}&__proto__=a&__proto__=b`,
    })
    expect(answer.status).toBeLessThan(500)
    // Each of them would go through all fields.
    expect(lookups).not.toHaveBeenCalled()
    lookups.mockRestore()
  })

  it('of this origin is taken', async () => {
    const { post, add } = await createDashboardApp()
    const { secret } = add({ roles: ['admin'] })
    const headers = { origin: 'http://localhost:8787', 'sec-fetch-site': 'same-origin' }
    expect((await post('/dashboard/sign-in', { key: secret }, headers)).status).toBe(303)
  })
})
