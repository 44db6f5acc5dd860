// The page of models in a browser, over a generation that has learned outcomes of them.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { axeViolations, expectNoErrors, hasChromium, screenshot } from './desk-rig.ts'
import { createModelsRig, LONG_NAME } from './models-site.ts'

// A browser starts in seconds on a busy machine, and a rebuild takes minutes there.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

/** Cells of the row that begins with `name`, by the names of their columns; of two alike the first. */
const rowOf = async (page: Page, table: string, name: string): Promise<Record<string, string>> => {
  const box = page.getByRole('region', { name: table, exact: true })
  const titles = await box.locator('thead th').allInnerTexts()
  const row = box
    .locator('tbody tr')
    .filter({ has: page.locator('td:first-child', { hasText: name }) })
  const cells = await row.first().locator('td').allInnerTexts()
  return Object.fromEntries(
    titles.map((title, i) => [title.toLowerCase(), cells[i] ?? '']).reverse(),
  )
}

/** Names in the drawing that leave it. */
const NAMES_OUTSIDE = `(() => {
  const box = document.querySelector('.drawing svg').getBoundingClientRect()
  return [...document.querySelectorAll('.drawing text.name')]
    .filter((name) => {
      const { left, right } = name.getBoundingClientRect()
      return left < box.left || right > box.right
    })
    .map((name) => name.textContent)
})()`

describe.skipIf(!hasChromium)('the page of models', () => {
  let rig: Awaited<ReturnType<typeof createModelsRig>>

  beforeAll(async () => {
    rig = await createModelsRig()
  })

  afterAll(async () => {
    await rig?.close()
  })

  it.each(['light', 'dark', 'phone'] as const)(
    'shows the curve, its target and all names: %s',
    async (how) => {
      const page = await rig.open(
        '/dashboard/models',
        how === 'phone' ? { isPhone: true } : { scheme: how },
      )
      const text = await page.innerText('main')
      for (const word of ['Cost and quality of code', 'in force', 'To keep 95.0 %', LONG_NAME]) {
        expect(text).toContain(word)
      }
      expect(await page.locator('.drawing circle.single').count()).toBe(5)
      expect(await page.locator('.drawing circle.point').count()).toBe(1)
      expect(await page.locator('.drawing line.ideal').count()).toBe(1)
      expect(await page.evaluate(NAMES_OUTSIDE)).toEqual([])
      expect(await axeViolations(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expectNoErrors(page)
      await screenshot(page, `models-learned-${how}`)
      await page.close()
    },
  )

  it('tells what is spent, and counts unknown prices apart', async () => {
    const page = await rig.open('/dashboard/models?range=7d')
    const unpriced = await rowOf(page, 'Models', 'unpriced')
    expect(unpriced).toMatchObject({ '$ in / million': 'unknown', requests: '2' })
    expect(unpriced.spend).toMatch(/^unknown\s+2 unpriced$/)
    expect((await rowOf(page, 'Models', 'large')).spend).toMatch(/^\$\d+\.\d\d\s+and \d+ unpriced$/)
    expect(await rowOf(page, 'Models', 'broken')).toMatchObject({ failed: '100.0 %', spend: '$0' })
    await page.close()
  })

  it('tells which model rests, and what its provider says is left', async () => {
    const page = await rig.open('/dashboard/models')
    const broken = await rowOf(page, 'Models now', 'broken')
    expect(broken).toMatchObject({ state: 'resting', 'requests left': 'unknown' })
    expect(broken['callable in']).toMatch(/^\d+\.\d min$/)
    const large = await rowOf(page, 'Models now', 'large')
    expect(large).toMatchObject({ state: 'callable', 'callable in': 'now' })
    expect(large).toMatchObject({ 'requests left': '41', 'tokens left': '123K' })
    expect(large.serves).toBe('code, math, writing')
    await page.close()
  })

  it('tells what each model is worth on a route, also one that does not choose by it', async () => {
    const page = await rig.open('/dashboard/models')
    const large = await rowOf(page, 'Estimates of models', 'large')
    const tiny = await rowOf(page, 'Estimates of models', 'tiny')
    const measured = (row: Record<string, string>) => Number.parseFloat(row.measured ?? '')
    expect(measured(large)).toBeGreaterThan(measured(tiny) + 20)
    expect(Number.parseFloat(large['estimated, at least'] ?? '')).toBeLessThan(measured(large))
    expect([large['$ / 1,000'], tiny['$ / 1,000']]).toEqual(['$4.00', '$0.100'])
    await page.getByRole('navigation', { name: 'Route of the curve' }).getByText('writing').click()
    await page.waitForURL('**route=writing')
    const text = await page.innerText('main')
    for (const word of ['Cost and quality of writing', 'not in force']) expect(text).toContain(word)
    expect(await page.locator('.drawing circle.single').count()).toBe(2)
    expectNoErrors(page)
    await page.close()
  })

  it('is read without JavaScript, the curve included', async () => {
    const page = await rig.open('/dashboard/models', { hasScript: false })
    const curve = page.locator('.drawing path.one-line')
    expect(await curve.getAttribute('d')).toMatch(/^M[\d. ]+L/)
    expect(await page.innerText('main')).toContain(LONG_NAME)
    await page.close()
  })
})
