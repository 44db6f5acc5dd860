// Trying a prompt, making and ending keys, and changing the configuration, done by clicking, over a real server.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  axeViolations,
  createDeskRig,
  type DeskRig,
  expectNoErrors,
  hasChromium,
  screenshot,
} from './desk-rig.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const HOSTILE = '<img src=x onerror=alert(1)>"\'</textarea><script>alert(2)</script>'

describe.skipIf(!hasChromium)('the dashboard', () => {
  let rig: DeskRig

  beforeAll(async () => {
    rig = await createDeskRig({ seed: { decisions: 500 } })
  })

  afterAll(async () => {
    await rig?.close()
  })

  const decisions = async (): Promise<number> => {
    const answer = await fetch(`${rig.server.url}/v1/decisions?limit=1&outcome=dry_run`)
    const { data } = (await answer.json()) as { data: { created_at: string }[] }
    return data.length === 0 ? 0 : Date.parse(data[0]?.created_at ?? '')
  }

  it('decides a prompt that is tried, says what would change it, and stores nothing', async () => {
    const before = await decisions()
    const page = await rig.open('/dashboard/try')
    await page.fill('textarea[name=text]', `sort a list of numbers in python ${HOSTILE}`)
    await page.click('text="Try it" >> nth=-1')
    await page.waitForSelector('#tried .verdict')
    const text = await page.innerText('#tried')
    expect(text).toContain('threshold')
    expect(text).toContain('What would change it')
    expect(text).toContain(HOSTILE)
    expect(page.url()).not.toContain('python')
    expect(await axeViolations(page)).toEqual([])
    expectNoErrors(page)
    await screenshot(page, 'try-light')
    expect(await decisions()).toBe(before)
    await page.close()
  })

  it('decides a pasted conversation, and keeps it where that is asked for', async () => {
    const before = await decisions()
    const page = await rig.open('/dashboard/try', { scheme: 'dark' })
    const talk = [
      { role: 'user', content: 'solve 2x + 3 = 7' },
      { role: 'assistant', content: 'x = 2' },
      { role: 'user', content: 'and the next one' },
    ]
    await page.fill('textarea[name=text]', JSON.stringify(talk))
    await page.check('input[name=store]')
    await page.click('text="Try it" >> nth=-1')
    await page.waitForSelector('#tried .verdict')
    expect(await page.innerText('#tried')).toContain('inherited')
    expect(await page.innerText('#tried')).toContain('a dry run')
    expect(await axeViolations(page)).toEqual([])
    expectNoErrors(page)
    await screenshot(page, 'try-dark')
    await expect.poll(decisions).toBeGreaterThan(before)
    await page.close()
  })

  it('changes the configuration after a plan, shows both beside each other, and rolls back', async () => {
    const page = await rig.open('/dashboard/access/config')
    const source = await page.inputValue('textarea[name=yaml]')
    const edited = `# ${HOSTILE}\n${source}\nconversation:\n  max_sessions: 77\n`
    await page.fill('textarea[name=yaml]', edited)
    await page.click('text="Check and plan"')
    await page.waitForSelector('text="conversation.max_sessions"')
    expect(await page.innerText('#plan')).toContain('77')
    await screenshot(page, 'plan-light')
    page.on('dialog', (dialog) => void dialog.accept())
    await page.click('text="Apply"')
    await page.waitForURL('**/dashboard/access')
    const file = await readFile(join(rig.site.dir, 'signalbox.yaml'), 'utf8')
    expect(file).toBe(edited)
    const again = await rig.open('/dashboard/access/config')
    expect(await again.inputValue('textarea[name=yaml]')).toBe(edited)
    expectNoErrors(again)
    await again.goto(`${rig.server.url}/dashboard/access`)
    await again.click('#config tbody tr:last-child a')
    await again.waitForSelector('text="What would change"')
    again.on('dialog', (dialog) => void dialog.accept())
    await screenshot(again, 'version-light')
    await again.click('text="Roll back to it"')
    await again.waitForURL('**/dashboard/access')
    expect(await readFile(join(rig.site.dir, 'signalbox.yaml'), 'utf8')).not.toContain('77')
    const tried = await rig.open('/dashboard/try')
    await tried.fill('textarea[name=text]', 'sort a list in python')
    await tried.selectOption('select[name=version]', { index: 1 })
    await tried.click('text="Try it" >> nth=-1')
    await tried.waitForSelector('text="Beside it"')
    const versions = await tried.locator('#tried dt:text-is("configuration") + dd').allInnerTexts()
    expect(new Set(versions).size).toBe(2)
    await screenshot(tried, 'try-beside-light')
    await tried.close()
    await again.close()
    await page.close()
  })

  it('says what is wrong with a configuration, and changes nothing', async () => {
    const file = join(rig.site.dir, 'signalbox.yaml')
    const before = await readFile(file, 'utf8')
    const page = await rig.open('/dashboard/access/config')
    await page.fill('textarea[name=yaml]', 'rotes: {}\n')
    await page.click('text="Check and plan"')
    await page.waitForSelector('#notice .bad')
    expect(await page.innerText('#notice')).toContain('rotes')
    await page.click('text="Check and plan"')
    expect(await page.innerText('#notice .bad')).toContain('rotes')
    expect(await readFile(file, 'utf8')).toBe(before)
    await page.close()
  })

  it('makes a key that is shown once, lists it, and revokes it', async () => {
    const page = await rig.open('/dashboard/access')
    expect(await page.innerText('#keys')).toContain('There are no keys')
    await page.fill('input[name=name]', HOSTILE)
    await page.check('input[value=admin]')
    await page.click('summary')
    await page.fill('input[name=budget_usd_per_month]', '25')
    await page.click('text="Make the key"')
    const secret = await page.innerText('output.secret')
    expect(secret).toMatch(/^sb-/)
    expect(await page.innerText('#keys strong')).toBe(HOSTILE)
    expect(page.url()).not.toContain(secret)
    expect(rig.server.log().some((line) => JSON.stringify(line).includes(secret))).toBe(false)
    expect(await axeViolations(page)).toEqual([])
    await screenshot(page, 'key-made-light')
    await page.close()
    // From now on one signs in.
    const next = await rig.open('/dashboard/access', { scheme: 'dark' })
    await next.fill('input[name=key]', secret)
    await next.click('text="Sign in"')
    await next.waitForSelector('#keys strong')
    const shown = await next.innerText('#keys')
    expect(shown).not.toContain(secret)
    expect(shown).toContain('$0 of $25.00 a month')
    expect(await axeViolations(next)).toEqual([])
    expectNoErrors(next)
    await screenshot(next, 'access-dark')
    next.on('dialog', (dialog) => void dialog.accept())
    await next.click('text="Revoke"')
    await next.waitForSelector('#keys .badge.bad')
    expect(await next.innerText('#notice')).toContain('is revoked')
    await next.close()
  })
})
