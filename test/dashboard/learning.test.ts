// Learning in a browser: a rebuild, the way between generations, arms and the review queue, by clicking and by keys alone.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { exampleTraining } from '../support/training-folder.ts'
import {
  axeViolations,
  createDeskRig,
  type DeskRig,
  expectNoErrors,
  hasChromium,
  screenshot,
} from './desk-rig.ts'
import { XSS_CORPUS } from './xss-corpus.ts'

// A browser starts in seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const HELD_OUT = [
  { text: 'write a python function that reverses a string', route: 'code' },
  { text: 'why does my bash script fail', route: 'code' },
  { text: 'solve the equation for y', route: 'math' },
  { text: 'integrate y squared from one to two', route: 'math' },
  { text: 'compose a poem about the winter sea', route: 'writing' },
  { text: 'write a birthday limerick for my brother', route: 'writing' },
  { text: 'turn the radio off', route: 'none' },
]

/** Between the routes, so that a person is asked about them. */
const DOUBTFUL = [
  'write a poem about the derivative of sine',
  'compose a python limerick',
  'a short story that sorts a list',
  'prove that my loop ends',
  'draft an equation for my sister',
  'a script for a wedding speech',
  ...XSS_CORPUS,
]

const shownItem = (page: Page): Promise<string> => page.locator('.prompt').first().innerText()

describe.skipIf(!hasChromium)('the pages of learning', () => {
  let rig: DeskRig

  beforeAll(async () => {
    const training = { ...exampleTraining(), 'held-out.jsonl': HELD_OUT }
    rig = await createDeskRig({ training, seed: { decisions: 2_000 } })
    for (const content of DOUBTFUL) {
      await rig.server.post('/v1/chat/completions', {
        model: 'auto',
        messages: [{ role: 'user', content }],
      })
    }
  })

  afterAll(async () => {
    await rig?.close()
  })

  it('rebuild, promote and roll back by clicking', async () => {
    appendFileSync(
      join(rig.site.trainingDir, 'code.jsonl'),
      '{"text":"port this perl module to rust","route":"code"}\n',
    )
    const page = await rig.open('/dashboard/learning')
    page.on('dialog', (dialog) => void dialog.accept())
    await page.getByLabel('What becomes of it').selectOption('never')
    await page.getByRole('button', { name: 'Rebuild' }).click()
    await page.locator('#generations a', { hasText: 'g000002' }).waitFor({ timeout: 60_000 })
    await screenshot(page, 'learning-light')
    const built = page.locator('#generations tr', { hasText: 'g000002' })
    await built.getByRole('button', { name: 'Promote' }).click()
    await page.getByText('Generation 2 serves.').waitFor()
    expect(await built.innerText()).toContain('current')
    expect(await page.innerText('#learning-state')).toContain('Generation 2')
    await page.getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('Generation 1 serves again.').waitFor()
    expect((await rig.server.route('sort a list')).index_generation).toBe(1)
    expect(await axeViolations(page)).toEqual([])
    expectNoErrors(page)
    await page.close()
  })

  it('tell what the gate and a replay found of a generation', async () => {
    const page = await rig.open('/dashboard/learning/generations/2')
    const text = await page.innerText('main')
    for (const word of ['accuracy', 'Reliability', 'Confusion', 'Built over the API']) {
      expect(text).toContain(word)
    }
    await page.getByRole('button', { name: 'Replay now' }).click()
    await page.getByText('The replay has begun.').waitFor()
    await page.locator('#replay .note', { hasText: 'which took' }).waitFor({ timeout: 60_000 })
    expect(await page.innerText('#replay')).toContain('decided anew')
    expect(await axeViolations(page)).toEqual([])
    expectNoErrors(page)
    await screenshot(page, 'generation-light')
    await page.close()
  })

  it('are tried beside each other by clicking, each with its own generation', async () => {
    const page = await rig.open('/dashboard/try')
    await page.fill('textarea[name=text]', 'sort a list of numbers in python')
    await page.selectOption('select[name=generation]', { index: 1 })
    const other = await page.inputValue('select[name=generation]')
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.locator('#tried .card', { hasText: 'Beside it' }).waitFor()
    const factOf = (card: string) =>
      page
        .locator('#tried .card', { hasText: card })
        .locator('dt:text-is("generation") + dd')
        .innerText()
    expect(await factOf('Beside it')).toBe(other)
    const serving = await factOf('As it serves now')
    expect(serving).not.toBe(other)
    expect([serving, other].sort()).toEqual(['1', '2'])
    expect(await axeViolations(page)).toEqual([])
    expectNoErrors(page)
    await screenshot(page, 'try-generations-light')
    await page.close()
  })

  it('begin and end a shadow and a canary by clicking', async () => {
    const page = await rig.open('/dashboard/learning')
    page.on('dialog', (dialog) => void dialog.accept())
    await page.getByRole('button', { name: 'Start a shadow' }).click()
    await page.getByText('Generation 2 decides beside, without effect.').waitFor()
    await page.getByRole('button', { name: 'End the shadow' }).click()
    await page.getByText('The shadow has ended.').waitFor()
    await page.getByRole('button', { name: 'Start a canary' }).click()
    await page.getByRole('button', { name: 'End the canary' }).waitFor()
    await screenshot(page, 'arms-light')
    await page.getByRole('button', { name: 'End the canary' }).click()
    await page.getByText('The canary has ended.').waitFor()
    expectNoErrors(page)
    await page.close()
  })

  it('walk the review queue by keys alone', async () => {
    const page = await rig.open('/dashboard/learning/review')
    await page.locator('.prompt').first().waitFor({ timeout: 60_000 })
    expect(await axeViolations(page)).toEqual([])
    await screenshot(page, 'review-light')
    const before = await page.locator('.queue li').count()
    const first = await shownItem(page)
    await page.keyboard.press('s')
    await page.waitForURL('**item=*')
    const second = await shownItem(page)
    expect(second).not.toBe(first)
    await page.keyboard.press('a')
    await page.locator('#notice', { hasText: 'was right' }).waitFor()
    await page.keyboard.press('r')
    await page.keyboard.press('1')
    await page.locator('#notice', { hasText: 'It belongs to' }).waitFor()
    await page.keyboard.press('x')
    await page.locator('#notice', { hasText: 'It is not shown again' }).waitFor()
    expect(await page.locator('.queue li').count()).toBe(before - 3)
    expectNoErrors(page)
    await page.close()
  })

  it('show prompts literally, and take answers without JavaScript', async () => {
    const page = await rig.open('/dashboard/learning/review', { hasScript: false })
    const waiting = await page.locator('.queue bdi').allInnerTexts()
    const left = XSS_CORPUS.filter((text) =>
      waiting.some((line) => line.startsWith(text.slice(0, 20))),
    )
    expect(left.length).toBeGreaterThan(0)
    const before = await page.locator('.queue li').count()
    await page.locator('.answers button[value=reject]').click()
    expect(page.url()).toContain('/dashboard/learning/review')
    expect(await page.locator('.queue li').count()).toBe(before - 1)
    await page.close()
    const withScript = await rig.open('/dashboard/learning/review')
    expect(await withScript.evaluate('globalThis.broken')).toBeUndefined()
    expectNoErrors(withScript)
    await withScript.close()
  })
})
