// What holds for every page of the dashboard and every state of one: it opens without an error, in light and dark no serious
// barrier stands there, it fits a phone, and it is read without JavaScript.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  axeViolations,
  createDeskRig,
  type DeskRig,
  errorsOf,
  hasChromium,
  screenshot,
} from './desk-rig.ts'
import { PAGES, type Wanted } from './frame-pages.ts'

// A browser starts in seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

/** Between the routes, so that a person is asked about them. */
const DOUBTFUL = ['write a poem about the derivative of sine', 'compose a python limerick']

const PHONE = { width: 390, height: 844 }
const WIDE = { width: 1_280, height: 900 }

const expectWords = async (page: Page, words: readonly string[]): Promise<void> => {
  const text = await page.innerText('main')
  for (const word of words) expect(text).toContain(word)
}

/** A browser and htmx tell of an answer that is none of 200 as of an error. */
const unexpected = (page: Page, status: number | undefined): string[] =>
  errorsOf(page).filter(
    (error) =>
      !error.startsWith(
        `Failed to load resource: the server responded with a status of ${status}`,
      ) && !error.startsWith(`Response Status Error Code ${status} from`),
  )

/** The page, or what was done on it came to, is there. */
const arrive = async (page: Page, { act, later }: Wanted): Promise<void> => {
  await act?.(page)
  if (later !== undefined) await page.waitForSelector(later, { timeout: 60_000 })
}

const fitsPhone = async (page: Page): Promise<void> => {
  const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
  const [content, screen] = widths as [number, number]
  expect(content).toBeLessThanOrEqual(screen)
}

/** All else that stands there is the same in the dark. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']

/** In each scheme and on a phone, without loading it anew. */
const lookAt = async (page: Page, name: string): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const rules = colorScheme === 'dark' ? OF_COLOURS : undefined
    expect(await axeViolations(page, rules)).toEqual([])
    await screenshot(page, `${name}-${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(PHONE)
  await fitsPhone(page)
  await screenshot(page, `${name}-phone`)
  await page.setViewportSize(WIDE)
}

describe.skipIf(!hasChromium)('a page of the dashboard', () => {
  let rig: DeskRig

  beforeAll(async () => {
    rig = await createDeskRig()
    for (const content of DOUBTFUL) {
      const messages = [{ role: 'user', content }]
      await rig.server.post('/v1/chat/completions', { model: 'auto', messages })
    }
  })

  afterAll(async () => {
    await rig?.close()
  })

  const open = async ({ path }: Wanted, how = {}): Promise<Page> =>
    rig.open(typeof path === 'string' ? path : await path(rig.server), how)

  it.each(PAGES)('$name: has no error and no serious barrier, and fits a phone', async (wanted) => {
    const page = await open(wanted)
    await arrive(page, wanted)
    await expectWords(page, wanted.words)
    await lookAt(page, wanted.name)
    expect(unexpected(page, wanted.status)).toEqual([])
    await page.close()
  })

  it.each(PAGES)('$name: is read without JavaScript', async (wanted) => {
    const page = await open(wanted, { hasScript: false })
    await wanted.act?.(page)
    await expectWords(page, wanted.words)
    await page.close()
  })
})

/** What only stands there once there are keys: the last, since one signs in from then on. */
describe.skipIf(!hasChromium)('a page of the dashboard with keys', () => {
  let rig: DeskRig
  let viewer: string

  beforeAll(async () => {
    rig = await createDeskRig({ seed: { decisions: 500 } })
  })

  afterAll(async () => {
    await rig?.close()
  })

  const makeKey = async (page: Page, role: string): Promise<string> => {
    await page.fill('input[name=name]', `the ${role}`)
    await page.check(`input[value=${role}]`)
    await page.getByRole('button', { name: 'Make the key' }).click()
    return page.innerText('output.secret')
  }

  const signedIn = async (path: string, key: string): Promise<Page> => {
    const page = await rig.open(path)
    await page.fill('input[name=key]', key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForSelector('text="Sign out"')
    return page
  }

  it('shows a key once, in every scheme and on a phone', async () => {
    const page = await rig.open('/dashboard/access')
    const admin = await makeKey(page, 'admin')
    await lookAt(page, 'key-made')
    expect(errorsOf(page)).toEqual([])
    await page.close()
    const next = await signedIn('/dashboard/access', admin)
    viewer = await makeKey(next, 'viewer')
    await next.goto(`${rig.server.url}/dashboard/access`)
    await lookAt(next, 'access-keys')
    expect(errorsOf(next)).toEqual([])
    await next.close()
  })

  it('says what is wrong with a key that is none', async () => {
    const page = await rig.open('/dashboard')
    await page.fill('input[name=key]', 'sb-wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForSelector('.notice.bad')
    await expectWords(page, ['This key is not valid'])
    await lookAt(page, 'sign-in-wrong')
    expect(unexpected(page, 401)).toEqual([])
    await page.close()
  })

  it('shows a viewer no button that acts', async () => {
    const page = await signedIn('/dashboard', viewer)
    for (const path of ['/map', '/routes/code', '/learning', '/access', '/access/config']) {
      await page.goto(`${rig.server.url}/dashboard${path}`)
      expect(await page.locator('main form[method=post]').count()).toBe(0)
    }
    await lookAt(page, 'viewer-config')
    expect(errorsOf(page)).toEqual([])
    await page.close()
  })

  it('says so where a viewer acts nevertheless', async () => {
    const page = await signedIn('/dashboard/learning', viewer)
    await page.evaluate(`(() => {
      const form = document.createElement('form')
      form.method = 'post'
      form.action = '/dashboard/routes/code/add'
      const fields = { text: 'x', csrf: document.querySelector('input[name=csrf]').value }
      for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement('input')
        Object.assign(input, { type: 'hidden', name, value })
        form.append(input)
      }
      document.body.append(form)
      form.submit()
    })()`)
    await page.waitForSelector('main .notice.bad')
    await expectWords(page, ['Not done', 'admin'])
    await lookAt(page, 'viewer-refused')
    await page.close()
  })
})
