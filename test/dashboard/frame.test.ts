// What holds for every page of the dashboard: it opens without an error in light and dark, on a phone and without JavaScript.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  axeViolations,
  createDeskRig,
  type DeskRig,
  expectNoErrors,
  hasChromium,
  screenshot,
} from './desk-rig.ts'

// A browser starts in seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

/** Each page, with words that stand on it. */
const PAGES = [
  { name: 'overview', path: '/dashboard', words: ['Requests', 'code', 'small'] },
  { name: 'decisions', path: '/dashboard/decisions', words: ['matched', 'code', 'Older'] },
  { name: 'try', path: '/dashboard/try', words: ['A prompt, or a conversation', 'generation'] },
  {
    name: 'access',
    path: '/dashboard/access',
    words: ['There are no keys', 'Versions that served'],
  },
  { name: 'map', path: '/dashboard/map', words: ['Generation 1', 'writing', 'Choose many'] },
  { name: 'config', path: '/dashboard/access/config', words: ['signalbox.yaml', 'plan'] },
  { name: 'routes', path: '/dashboard/routes', words: ['code', 'threshold', 'nearest rival'] },
  { name: 'learning', path: '/dashboard/learning', words: ['Rebuild', 'Generations', 'History'] },
  { name: 'generation', path: '/dashboard/learning/generations/1', words: ['Gate', 'Replay'] },
  { name: 'models', path: '/dashboard/models', words: ['small', 'first token', 'callable'] },
  { name: 'route', path: '/dashboard/routes/code', words: ['Exemplars', 'sorts a list'] },
]

describe.skipIf(!hasChromium)('a page of the dashboard', () => {
  let rig: DeskRig

  beforeAll(async () => {
    rig = await createDeskRig()
  })

  afterAll(async () => {
    await rig?.close()
  })

  it.each(PAGES)('$name: opens without an error and without a serious barrier', async (wanted) => {
    for (const scheme of ['light', 'dark'] as const) {
      const page = await rig.open(wanted.path, { scheme })
      const text = await page.innerText('main')
      for (const word of wanted.words) expect(text).toContain(word)
      expect(await axeViolations(page)).toEqual([])
      expectNoErrors(page)
      await screenshot(page, `${wanted.name}-${scheme}`)
      await page.close()
    }
  })

  it.each(PAGES)('$name: fits a phone', async ({ name, path }) => {
    const page = await rig.open(path, { isPhone: true })
    const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
    const [content, screen] = widths as [number, number]
    expect(content).toBeLessThanOrEqual(screen)
    await screenshot(page, `${name}-phone`)
    await page.close()
  })

  it.each(PAGES)('$name: is read without JavaScript', async ({ path, words }) => {
    const page = await rig.open(path, { hasScript: false })
    const text = await page.innerText('main')
    for (const word of words) expect(text).toContain(word)
    await page.close()
  })
})
