// A real browser as the referee of who may use the server from a web page. Needs Debian's chromium; without it nothing here
// runs, and the run says so.
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSite, type RunningServer, type Site } from '../support/server.ts'

const CHROMIUM = '/usr/bin/chromium'
const isInstalled = existsSync(CHROMIUM)
if (!isInstalled) {
  process.stderr.write(`SKIPPED: ${CHROMIUM} is not there (apt-get install chromium).\n`)
}

// A browser starts in seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

interface Told {
  status: number
  text: string
  route: string | null
}

/** Fetches as a script of the page, and reads the stream to its end; null where the browser keeps the answer back. */
const ask = (page: Page, url: string, headers: Record<string, string>): Promise<Told | null> =>
  page.evaluate(
    async (request) => {
      const messages = [{ role: 'user', content: 'hello' }]
      try {
        const response = await fetch(`${request.url}/v1/chat/completions`, {
          method: 'POST',
          headers: request.headers,
          body: JSON.stringify({ model: 'small', messages, stream: true }),
        })
        let text = ''
        const decoder = new TextDecoder()
        const reader = response.body?.getReader()
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
          text += decoder.decode(part.value, { stream: true })
        }
        return { status: response.status, text, route: response.headers.get('x-router-route') }
      } catch {
        return null
      }
    },
    { url, headers },
  )

describe.skipIf(!isInstalled)('a page in Chromium', () => {
  let pages: Server
  let browser: Browser
  let port = 0
  const sites: Site[] = []

  /** A server that permits one origin, app.localhost; it has no keys yet. */
  const start = async (): Promise<{ site: Site; server: RunningServer }> => {
    const origins = [`http://app.localhost:${port}`]
    const site = await createSite({ config: { server: { port: 0, cors: { origins } } } })
    sites.push(site)
    return { site, server: await site.start({ until: 'listening' }) }
  }

  const open = async (host: string): Promise<Page> => {
    const page = await browser.newPage()
    await page.goto(`http://${host}:${port}/`)
    return page
  }

  beforeAll(async () => {
    pages = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>page</title>')
    })
    await new Promise<void>((resolve) => pages.listen(0, resolve))
    port = (pages.address() as AddressInfo).port
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser?.close()
    await Promise.all(sites.map((site) => site.remove()))
    pages?.closeAllConnections()
    await new Promise((resolve) => pages?.close(resolve))
  })

  const JSON_TYPE = { 'content-type': 'application/json' }

  it('of another origin cannot use a server without keys, not even unseen', async () => {
    const { server } = await start()
    const page = await open('other.localhost')
    expect(await ask(page, server.url, JSON_TYPE)).toBeNull()
    const before = server.log().length
    await page.evaluate(async (url) => {
      const body = JSON.stringify({ model: 'small', messages: [{ role: 'user', content: 'x' }] })
      await fetch(`${url}/v1/chat/completions`, { method: 'POST', mode: 'no-cors', body })
    }, server.url)
    const line = await server.logged(({ method }) => method === 'POST')
    expect(server.log().indexOf(line)).toBeGreaterThanOrEqual(before)
    expect(line).toMatchObject({ path: '/v1/chat/completions', status: 403 })
    await page.close()
  })

  it('streams a chat with a key where its origin is permitted, and else is refused', async () => {
    const { site, server } = await start()
    const made = await site.run(['keys', 'create', '--name', 'page', '--json'])
    const { key } = JSON.parse(made.stdout) as { key: string }
    const headers = { ...JSON_TYPE, authorization: `Bearer ${key}` }
    const app = await open('app.localhost')
    const told = await ask(app, server.url, headers)
    expect(told).toMatchObject({ status: 200, route: 'general' })
    expect(told?.text).toContain('data: [DONE]')
    expect(await ask(app, server.url, JSON_TYPE)).toMatchObject({ status: 401 })
    const other = await open('other.localhost')
    expect(await ask(other, server.url, headers)).toBeNull()
  })
})
