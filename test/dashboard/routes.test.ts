// The pages of routes in a browser: figures of the build, and every edit of the training data by clicking.
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

const training = () => {
  const files = exampleTraining()
  const hostile = XSS_CORPUS.map((text) => ({ text, route: 'code' }))
  return {
    ...files,
    'code.jsonl': [...(files['code.jsonl'] ?? []), ...hostile],
    'held-out.jsonl': HELD_OUT,
  }
}

describe.skipIf(!hasChromium)('the pages of routes', () => {
  let rig: DeskRig
  const linesOf = (route: string): string =>
    readFileSync(join(rig.site.trainingDir, `${route}.jsonl`), 'utf8')

  beforeAll(async () => {
    rig = await createDeskRig({ training: training(), seed: { decisions: 2_000 } })
  })

  afterAll(async () => {
    await rig?.close()
  })

  it('tell precision, recall and confusion of the generation that serves', async () => {
    const page = await rig.open('/dashboard/routes')
    expect(await page.innerText('main')).toContain('Generation 1')
    expect(await page.locator('.drawing svg title').allTextContents()).toContainEqual(
      expect.stringContaining('math'),
    )
    expect(await axeViolations(page)).toEqual([])
    await screenshot(page, 'routes-light')
    await page.getByRole('link', { name: 'code', exact: true }).first().click()
    await page.waitForURL('**/dashboard/routes/code')
    await screenshot(page, 'route-light')
    expectNoErrors(page)
    await page.close()
  })

  it('show texts of exemplars literally', async () => {
    const page = await rig.open('/dashboard/routes/code')
    const shown = (await page.locator('details.text pre').allTextContents()).join('\n')
    for (const text of XSS_CORPUS) expect(shown).toContain(text)
    expect(await page.evaluate('globalThis.broken')).toBeUndefined()
    expectNoErrors(page)
    await page.close()
  })

  it('quarantine and restore an exemplar by clicking', async () => {
    const page = await rig.open('/dashboard/routes/math')
    const row = page.locator('tbody tr', { hasText: 'derivative of sine' })
    await row.getByText('Change', { exact: true }).click()
    await row.getByRole('button', { name: 'Quarantine' }).click()
    await row.getByText('quarantined').waitFor()
    expect(await page.innerText('#notice')).toContain('is left out')
    await row.getByText('Change', { exact: true }).click()
    await row.getByRole('button', { name: 'Restore' }).click()
    await row.getByText('kept by local').waitFor()
    expectNoErrors(page)
    await page.close()
  })

  it('move an exemplar to another route, and remove one', async () => {
    const page = await rig.open('/dashboard/routes/writing')
    page.on('dialog', (dialog) => void dialog.accept())
    const row = page.locator('tbody tr', { hasText: 'lighthouse keeper' })
    await row.getByText('Change', { exact: true }).click()
    await row.getByLabel('Move to').selectOption('math')
    await row.getByRole('button', { name: 'Move', exact: true }).click()
    await row.getByText('goes to math').waitFor()
    expect(linesOf('math')).toContain('lighthouse keeper')
    expect(linesOf('writing')).not.toContain('lighthouse keeper')
    const other = page.locator('tbody tr', { hasText: 'museum job' })
    await other.getByText('Change', { exact: true }).click()
    await other.getByRole('button', { name: 'Remove' }).click()
    await other.getByText('gone at the next build').waitFor()
    expect(linesOf('writing')).not.toContain('museum job')
    await screenshot(page, 'route-edited')
    expectNoErrors(page)
    await page.close()
  })

  it('add an exemplar, and say what is in the way of one', async () => {
    const page = await rig.open('/dashboard/routes/code')
    await page.getByLabel('A prompt that belongs to code').fill('port this perl module to rust')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('new at the next build').waitFor()
    expect(linesOf('code')).toContain('port this perl module to rust')
    await page.getByLabel('A prompt that belongs to code').fill('PORT this perl module  to rust')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('The route has this text already').waitFor()
    await page.close()
  })

  it('check the training data, and mend a finding by a click', async () => {
    appendFileSync(
      join(rig.site.trainingDir, 'math.jsonl'),
      '{"text":"Compute the  determinant of this MATRIX","route":"math"}\n',
    )
    const page = await rig.open('/dashboard/routes/-/check')
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    const row = page.locator('tbody tr', { hasText: 'differ in case or white space only' })
    await row.first().waitFor({ timeout: 60_000 })
    expect(await axeViolations(page)).toEqual([])
    await screenshot(page, 'check-light')
    await row.getByRole('button', { name: 'Remove math:' }).first().click()
    await page.getByText('The line is removed.').waitFor()
    expect(linesOf('math')).not.toContain('this MATRIX')
    await page.getByRole('button', { name: 'Check again' }).waitFor({ timeout: 60_000 })
    expect(await row.count()).toBe(0)
    expectNoErrors(page)
    await page.close()
  })

  it('are changed without JavaScript, too', async () => {
    const page = await rig.open('/dashboard/routes/code', { hasScript: false })
    await page.getByLabel('A prompt that belongs to code').fill('explain this haskell monad')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    expect(page.url()).toMatch(/\/dashboard\/routes\/code$/)
    expect(await page.innerText('main')).toContain('explain this haskell monad')
    await page.close()
  })
})
