// What pages weigh, held; and how soon they show and answer, told and not held: a time is only worth what the machine is.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDeskRig, type DeskRig, expectNoErrors, hasChromium } from './desk-rig.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const PATHS = [
  '',
  '/decisions',
  '/try',
  '/map',
  '/routes',
  '/routes/code',
  '/learning',
  '/models',
  '/access',
  '/access/config',
].map((path) => `/dashboard${path}`)

/** Times are told from one look at a page; the profile `full` takes the median of five. */
const TIMES = process.env.SIGNALBOX_TEST_PROFILE === 'full' ? 5 : 1

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number

/** Answers of the page and what it asked for, in bytes as sent; a stream that has not ended is none of them. */
const ANSWERS = `[
  ...performance.getEntriesByType('navigation'),
  ...performance.getEntriesByType('resource'),
].map(({ name, encodedBodySize }) => ({ name, encodedBodySize }))`

/** It is told of after it was painted. */
const FIRST_CONTENT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [entry] = list.getEntriesByName('first-contentful-paint')
    if (entry) resolve(entry.startTime)
  }).observe({ type: 'paint', buffered: true })
})`

describe.skipIf(!hasChromium)('over 50,000 decisions', () => {
  let rig: DeskRig

  beforeAll(async () => {
    rig = await createDeskRig()
  })

  afterAll(async () => {
    await rig?.close()
  })

  it.each(['/dashboard', '/dashboard?range=90d'])(
    '%s weighs at most 80 kB in 8 requests',
    async (path) => {
      const page = await rig.open(path)
      await page.waitForLoadState('load')
      const answers = (await page.evaluate(ANSWERS)) as { name: string; encodedBodySize: number }[]
      const bytes = answers.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
      process.stdout.write(
        `${path}: ${(bytes / 1_000).toFixed(1)} kB in ${answers.length} requests\n`,
      )
      expect(bytes).toBeGreaterThan(10_000)
      expect(bytes).toBeLessThanOrEqual(80_000)
      // Beside these the one stream of changes.
      expect(answers.length).toBeLessThanOrEqual(7)
    },
  )

  it('shows every page', async () => {
    for (const path of PATHS) {
      const times: number[] = []
      for (let n = 0; n < TIMES; n++) {
        const page = await rig.open(path)
        times.push((await page.evaluate(FIRST_CONTENT)) as number)
        expectNoErrors(page)
        await page.context().close()
      }
      process.stdout.write(
        `${path}: first content after ${median(times).toFixed(0)} ms (median of ${TIMES})\n`,
      )
    }
  })

  it('answers a click', async () => {
    const clicks: Record<string, number[]> = { vote: [], try: [], older: [] }
    for (let n = 0; n < TIMES; n++) {
      const list = await rig.open('/dashboard/decisions')
      let started = performance.now()
      await list.click('a[rel=next]')
      await list.waitForURL('**before=**')
      clicks.older?.push(performance.now() - started)
      await list.goto(`${rig.server.url}/dashboard/decisions`)
      await list.click('#list tbody tr a >> nth=0')
      await list.waitForSelector('#votes')
      started = performance.now()
      await list.click('#votes button:has-text("Right")')
      await list.waitForSelector('#votes .badge.good')
      clicks.vote?.push(performance.now() - started)
      expectNoErrors(list)
      await list.context().close()

      const page = await rig.open('/dashboard/try')
      await page.fill('textarea', `write a python function, number ${n}`)
      started = performance.now()
      await page.getByRole('button', { name: 'Try it' }).click()
      await page.getByText('As it serves now').waitFor()
      clicks.try?.push(performance.now() - started)
      expectNoErrors(page)
      await page.context().close()
    }
    for (const [what, times] of Object.entries(clicks)) {
      process.stdout.write(
        `${what}: ${median(times).toFixed(0)} ms from click to answer (median of ${TIMES})\n`,
      )
    }
  })
})
