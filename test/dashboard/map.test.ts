// The map of the exemplars: drawn, chosen from by lasso and by form, and what can be done with what is chosen.
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
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

const ROUTES = ['code', 'math', 'writing', 'none']

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

describe.skipIf(!hasChromium)('the map', () => {
  let rig: DeskRig

  beforeAll(async () => {
    rig = await createDeskRig({ seed: { decisions: 500 } })
  })

  afterAll(async () => {
    await rig?.close()
  })

  /** Of the training data, whatever their order. */
  const linesOf = (route: string): string[] =>
    readFileSync(join(rig.site.trainingDir, `${route}.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .sort()

  const drawn = async (path: string, how = {}): Promise<Page> => {
    const page = await rig.open(path, how)
    await page.waitForSelector('canvas[data-points]')
    return page
  }

  it('is sent compressed, and again only where it has changed', async () => {
    const address = `${rig.server.url}/dashboard/map/points?by=route&layout=axes`
    const first = await fetch(address)
    const { exemplars, prompts, routes } = (await first.json()) as {
      exemplars: { x: number[] }
      prompts: { id: string[] }
      routes: string[]
    }
    expect(exemplars.x).toHaveLength(21)
    expect(prompts.id.length).toBeGreaterThan(50)
    expect(routes).toContain('code')
    expect(first.headers.get('content-encoding')).toBe('gzip')
    const etag = first.headers.get('etag') ?? ''
    const again = await fetch(address, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    const other = await fetch(address.replace('by=route', 'by=novelty'))
    expect(other.headers.get('etag')).not.toBe(etag)
  })

  it.each(['route', 'confidence', 'votes', 'novelty'])('is coloured by %s', async (by) => {
    const scheme = by === 'route' || by === 'votes' ? 'light' : 'dark'
    const page = await drawn(`/dashboard/map?by=${by}`, { scheme })
    expect(await axeViolations(page)).toEqual([])
    expectNoErrors(page)
    await screenshot(page, `map-${by}`)
    await page.close()
  })

  it('moves the exemplars that a lasso encloses, labels the prompts, and moves them back', async () => {
    const page = await drawn('/dashboard/map')
    await page.click('text="Lasso"')
    const box = await page.locator('canvas').boundingBox()
    if (!box) throw new Error('the canvas is not drawn')
    const corners = [
      [2, 2],
      [box.width - 2, 2],
      [box.width - 2, box.height - 2],
      [2, box.height - 2],
    ] as const
    await page.mouse.move(box.x + 2, box.y + 2)
    await page.mouse.down()
    for (const [x, y] of corners) await page.mouse.move(box.x + x, box.y + y)
    await page.mouse.up()
    await page.waitForSelector('#selection table')
    expect(await page.innerText('#selection')).toContain('21 exemplars and 50 prompts')
    expect(await axeViolations(page)).toEqual([])
    await screenshot(page, 'map-lasso')
    const before = ROUTES.map(linesOf)
    await page.selectOption('#selection select[name=route]', 'math')
    await page.click('text="Move 21 exemplars, label 50 prompts"')
    await page.waitForSelector('#selection .notice.good')
    const said = await page.innerText('#selection')
    expect(said).toContain('15 exemplars moved to math (6 from code, 3 from none, 6 from writing)')
    expect(said).toContain('50 prompts labelled math')
    expect(said).toContain('6 exemplars of math already')
    expect(linesOf('math').length).toBe(21)
    expect(ROUTES.flatMap(linesOf)).toEqual(linesOf('math'))
    expect(await axeViolations(page)).toEqual([])
    await screenshot(page, 'map-moved')
    await page.click('text="Move them back"')
    await page.waitForSelector('text="15 exemplars moved back from math."')
    expect(ROUTES.map(linesOf)).toEqual(before)
    expectNoErrors(page)
    await page.close()
  })

  it('tells the text of a point that is pointed at', async () => {
    const page = await drawn('/dashboard/map?layout=axes')
    const answer = await fetch(`${rig.server.url}/dashboard/map/points?layout=axes`)
    const { exemplars } = (await answer.json()) as { exemplars: { x: number[]; y: number[] } }
    const box = await page.locator('canvas').boundingBox()
    if (!box) throw new Error('the canvas is not drawn')
    const at = (share: number) => 12 + (share / 1_000) * (box.width - 25)
    await page.mouse.move(box.x + at(exemplars.x[0] ?? 0), box.y + at(exemplars.y[0] ?? 0))
    await page.waitForSelector('.map-tip:not([hidden])')
    expect(await page.innerText('.map-tip')).toMatch(/^\w+: \w/)
    await page.close()
  })

  it('makes a route of what the form chooses, and leaves the exemplars out of their own', async () => {
    const page = await drawn('/dashboard/map')
    await page.selectOption('#choose select[name=route]', 'writing')
    await page.fill('#choose input[name=words]', 'poem')
    await page.click('text="Choose"')
    await page.waitForSelector('#selection table')
    await page.fill('#selection input[name=name]', 'poems')
    await page.click('text="Make the route"')
    await page.waitForSelector('#selection .notice.good')
    expect(await page.innerText('#selection')).toContain('poems')
    const file = await readFile(join(rig.site.trainingDir, 'poems.jsonl'), 'utf8')
    expect(file).toContain('poem')
    const rulings = await fetch(`${rig.server.url}/admin/exemplars`)
    expect(JSON.stringify(await rulings.json())).toContain('quarantine')
    expectNoErrors(page)
    await page.close()
  })

  it('is a picture without JavaScript', async () => {
    const page = await rig.open('/dashboard/map', { hasScript: false })
    await screenshot(page, 'map-plain')
    const picture = await fetch(`${rig.server.url}/dashboard/map/picture`)
    expect(picture.headers.get('content-type')).toContain('image/svg+xml')
    expect((await picture.text()).match(/h0/g)).toHaveLength(21)
    const width = await page.evaluate('document.querySelector("img.map").naturalWidth')
    expect(width).toBeGreaterThan(0)
    await page.close()
  })
})
