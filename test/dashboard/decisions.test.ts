// Decisions in a browser: found by filters, read on by key, corrected by a click, and never able to act through what they hold.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  axeViolations,
  createDeskRig,
  type DeskRig,
  expectNoErrors,
  hasChromium,
  screenshot,
} from './desk-rig.ts'
import { hostileDecision, markup, SHOWN_FIELDS } from './hostile-decision.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const hostile = hostileDecision(Date.now() + 1_000, 1)
const HOSTILE_PATH = `/dashboard/decisions/${hostile.decision.id}`

const rows = (page: Page): Promise<number> => page.locator('#list tbody tr').count()

/** The texts of a column of the list, by its place. */
const cells = (page: Page, column: number): Promise<string[]> =>
  page.locator(`#list tbody tr td:nth-child(${column})`).allInnerTexts()

describe.skipIf(!hasChromium)('decisions', () => {
  let rig: DeskRig
  /** One that the server made itself. */
  let id: string

  beforeAll(async () => {
    rig = await createDeskRig({ seed: { decisions: 20_000, own: [hostile] } })
    id = (await rig.server.route('write a python function that sorts a list')).id
    await rig.server.post('/v1/chat/completions', {
      model: 'auto',
      messages: [{ role: 'user', content: 'debug the python script that fails' }],
    })
  })

  afterAll(async () => {
    await rig?.close()
  })

  it('are fifty a page, narrowed by the address and read on by key', async () => {
    const page = await rig.open('/dashboard/decisions?route=math&outcome=served')
    expect(await rows(page)).toBe(50)
    expect(new Set(await cells(page, 3))).toEqual(new Set(['math']))
    const first = (await cells(page, 1)).at(-1) ?? ''
    await page.click('a[rel=next]')
    await page.waitForLoadState()
    expect(page.url()).toContain('before=')
    expect(await rows(page)).toBe(50)
    expect(((await cells(page, 1))[0] ?? '') <= first).toBe(true)
    expectNoErrors(page)
  })

  it('are narrowed by the form, and say where they stop looking', async () => {
    const page = await rig.open('/dashboard/decisions')
    await page.selectOption('select[name=reason]', 'session')
    await page.selectOption('select[name=model]', 'large')
    await page.click('button:has-text("Filter")')
    await page.waitForURL('**reason=session**')
    expect(new Set(await cells(page, 4))).toEqual(new Set(['session']))
    await page.goto(`${rig.server.url}/dashboard/decisions?text=nothing+holds+this`)
    expect(await page.innerText('main')).toContain('were looked through')
    expectNoErrors(page)
  })

  it('show what was decided, and are made again', async () => {
    const page = await rig.open(`/dashboard/decisions/${id}`)
    await page.waitForSelector('#receipt .badge')
    const text = await page.innerText('main')
    for (const word of ['write a python function', 'code', 'reproduced', 'trained head']) {
      expect(text).toContain(word)
    }
    expect(await axeViolations(page)).toEqual([])
    expectNoErrors(page)
    await screenshot(page, 'decision-light')
  })

  it.each(['dark', 'phone'] as const)('fit and can be read: %s', async (how) => {
    const page = await rig.open(
      `/dashboard/decisions/${id}`,
      how === 'dark' ? { scheme: 'dark' } : { isPhone: true },
    )
    await page.waitForSelector('#receipt .badge')
    expect(await axeViolations(page)).toEqual([])
    const fits = 'document.documentElement.scrollWidth <= innerWidth'
    expect(await page.evaluate(fits)).toBe(true)
    await screenshot(page, `decision-${how}`)
  })

  it('take a vote and a correction by a click', async () => {
    const page = await rig.open(`/dashboard/decisions/${id}`)
    await page.click('#votes button:has-text("Right")')
    await page.waitForSelector('#votes .badge.good')
    await page.selectOption('#votes select[name=correct_route]', 'writing')
    await page.click('#votes button:has-text("Correct")')
    await page.waitForSelector('#votes .badge.bad')
    expect(await page.innerText('#votes tbody')).toContain('writing')
    expect(await page.innerText('#notice')).toContain('The vote is kept')
    await page.click('#votes button:has-text("Make exemplar")')
    await page.waitForSelector('#votes td:has-text("review")')
    expectNoErrors(page)
  })

  it('are corrected by the key r, too', async () => {
    const page = await rig.open(`/dashboard/decisions/${id}`)
    await page.keyboard.press('r')
    await page.waitForSelector('#votes .badge.good')
    expectNoErrors(page)
  })

  it('leave a neighbour out of the next build by a click', async () => {
    const page = await rig.open(`/dashboard/decisions/${id}`)
    await page.click('button:has-text("leave out") >> nth=0')
    await page.waitForSelector('.badge:has-text("left out")')
    const { stdout } = await rig.site.run(['exemplars', 'list', '--json'])
    expect(stdout).toContain('quarantine')
    expectNoErrors(page)
  })

  it('are forgotten by a click, one alone or its session, and say before how many go', async () => {
    const page = await rig.open('/dashboard/decisions?session=session-5')
    const found = await rows(page)
    expect(found).toBeGreaterThan(2)
    await page.click('#list tbody tr a >> nth=0')
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.message())
      void dialog.accept()
    })
    await page.click('summary:has-text("Forget")')
    await page.click('button:has-text("Forget this decision")')
    await page.waitForURL('**/dashboard/decisions')
    await page.goto(`${rig.server.url}/dashboard/decisions?session=session-5`)
    expect(await rows(page)).toBe(found - 1)
    await page.click('#list tbody tr a >> nth=0')
    await page.click('summary:has-text("Forget")')
    await page.click('button:has-text("of its session")')
    expect(asked).toEqual([
      expect.stringMatching(/^Delete this decision,/),
      expect.stringMatching(/^Delete all \d+ decisions of this session,/),
    ])
    await page.waitForURL('**/dashboard/decisions')
    await page.goto(`${rig.server.url}/dashboard/decisions?session=session-5`)
    expect(await rows(page)).toBe(0)
  })

  it('appear by themselves when they are made', async () => {
    const page = await rig.open('/dashboard/decisions?route=code')
    expect((await cells(page, 2))[0]).not.toContain('refactor a java class')
    await rig.server.route('refactor a java class into functions, please')
    await page.waitForSelector('#list tbody a:has-text("refactor a java class")')
    expect((await cells(page, 2))[0]).toContain('refactor a java class')
    expectNoErrors(page)
  })

  it('are read without JavaScript, the receipt included', async () => {
    const page = await rig.open(`/dashboard/decisions/${id}`, { hasScript: false })
    await page.click('#receipt a')
    expect(await page.innerText('#receipt')).toContain('reproduced')
  })

  it('show markup in every stored field as it stands', async () => {
    for (const path of [HOSTILE_PATH, `${HOSTILE_PATH}?explain=1`, '/dashboard/decisions']) {
      const page = await rig.open(path)
      expect(await page.evaluate('globalThis.pwned')).toBeUndefined()
      expect(await page.locator('main img, main script').count()).toBe(0)
      expectNoErrors(page)
      if (path !== HOSTILE_PATH) continue
      const text = await page.evaluate('document.querySelector("main").textContent')
      for (const field of SHOWN_FIELDS) expect(text).toContain(markup(field))
    }
  })
})
