// Colours stand once, each for both schemes: what the sheets take of them is there, and what scripts draw with is a colour of now.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDeskRig, type DeskRig, expectNoErrors, hasChromium } from './desk-rig.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const folder = new URL('../../src/dashboard/assets/styles/', import.meta.url)
const sheets = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(new URL(name, folder), 'utf8'),
}))

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found]) => found as string)

it('the palette holds every colour that a sheet takes, and no other sheet says a colour of a scheme', () => {
  const palette = sheets.find(({ name }) => name === 'palette.css')?.text ?? ''
  const colours = matches(palette, /^ {2}(--[\w-]+): light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\);$/gm)
  expect(colours.length).toBeGreaterThan(20)
  expect(matches(palette, /^ {2}(--[\w-]+):/gm)).toEqual(colours)
  const declared = sheets.flatMap(({ text }) => matches(text, /^\s*(--[\w-]+):/gm))
  expect(new Set(declared).size).toBe(declared.length)
  const taken = sheets.flatMap(({ text }) => matches(text, /var\((--[\w-]+)/g))
  expect(taken.filter((name) => !declared.includes(name))).toEqual([])
  for (const { text } of sheets) expect(text).not.toContain('prefers-color-scheme')
})

/** The ground, and the first series of the first chart as it is drawn. */
const DRAWN = `[
  getComputedStyle(document.documentElement).backgroundColor,
  document.querySelector('[data-chart]').plot.series[1].stroke(),
]`

const LIGHT = ['rgb(245, 246, 248)', 'rgb(171, 33, 23)']
const DARK = ['rgb(17, 21, 27)', 'rgb(255, 150, 140)']

describe.skipIf(!hasChromium)('a page', () => {
  let rig: DeskRig

  beforeAll(async () => {
    rig = await createDeskRig({ seed: { decisions: 200 } })
  })

  afterAll(async () => {
    await rig?.close()
  })

  it.each([
    ['light', LIGHT, DARK],
    ['dark', DARK, LIGHT],
  ] as const)(
    'is drawn as the system has it, %s, and otherwise at a click',
    async (scheme, own, other) => {
      const page = await rig.open('/dashboard', { scheme })
      await page.waitForSelector('[data-chart] canvas')
      expect(await page.evaluate(DRAWN)).toEqual(own)
      await page.click('[data-theme-toggle]')
      await expect.poll(() => page.evaluate(DRAWN)).toEqual(other)
      expectNoErrors(page)
      await page.close()
    },
  )
})
