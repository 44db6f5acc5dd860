// The dashboard in Debian's chromium over a real server and a database of many decisions. A page that logs an error or breaks
// the content security policy fails its test. Screenshots are written where SIGNALBOX_SCREENSHOTS names a folder.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { type SeedOptions, seedDecisions } from '../../scripts/rig/seed-decisions.ts'
import { generationName } from '../../src/vector-index/generation-name.ts'
import { currentGeneration } from '../../src/vector-index/generation-store.ts'
import { type AnsweringServer, createSite, type Site, type SiteOptions } from '../support/server.ts'

const CHROMIUM = '/usr/bin/chromium'
export const hasChromium = existsSync(CHROMIUM)
if (!hasChromium) {
  process.stderr.write(`SKIPPED: ${CHROMIUM} is not there (apt-get install chromium).\n`)
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const DAY_MS = 86_400_000

/** The address bar alone takes two processes a window. The switch replaces Playwright's, and so holds what that has of Linux, too. */
const UNUSED = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
  ...['HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'ThirdPartyStoragePartitioning'],
  ...['LensOverlay', 'MediaRouter', 'PaintHolding', 'Translate', 'OptimizationHints'],
  ...['NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
]

/** A crowded machine may take a minute for a page; a test that waits for what never comes ends by its own limit. */
const BUSY_MS = 110_000

/** Three models of the echo provider, so that there is something to compare. */
export const DESK_CONFIG = {
  models: {
    small: { provider: 'echo', name: 'small', input_usd_per_million: 1, output_usd_per_million: 2 },
    large: { provider: 'echo', name: 'large' },
  },
  routes: {
    code: { models: ['large', 'small'] },
    math: { models: ['small'] },
    writing: { models: ['small'] },
    general: { models: ['small'] },
  },
}

export interface OpenOptions {
  scheme?: 'light' | 'dark'
  isPhone?: boolean
  /** False: what can be read without JavaScript. */
  hasScript?: boolean
}

export interface DeskRig {
  readonly site: Site
  readonly server: AnsweringServer
  /** A page at `path` below the server's address, watched for errors, and closed when the test has ended. */
  open(path: string, options?: OpenOptions): Promise<Page>
  close(): Promise<void>
}

const exemplarsOf = async ({ indexDir }: Site): Promise<{ id: string; route: string }[]> => {
  const generation = await currentGeneration(indexDir)
  if (generation === null) return []
  const folder = join(indexDir, generationName(generation))
  return readFileSync(join(folder, 'exemplars.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id: string; route: string })
}

export const seedSite = async (site: Site, options: Partial<SeedOptions> = {}): Promise<void> =>
  seedDecisions({
    file: site.databaseFile,
    decisions: 50_000,
    nowMs: Date.now(),
    spanMs: 7 * DAY_MS,
    routes: ['code', 'math', 'writing', 'general'],
    models: ['small', 'large'],
    keys: ['local', 'key-one', 'key-two'],
    texts: ['write a python function that sorts a list', 'solve the equation for x', 'hello'],
    exemplars: await exemplarsOf(site),
    ...options,
  })

/** What a page logged as an error, and what its content security policy kept from it. */
const watch = (page: Page): string[] => {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}

const watched = new WeakMap<Page, string[]>()

/** For tests that provoke one. */
export const forgetErrors = (page: Page): void => {
  watched.get(page)?.splice(0)
}

/** What the page logged as errors so far. */
export const errorsOf = (page: Page): readonly string[] => watched.get(page) ?? []

export const expectNoErrors = (page: Page): void => expect(watched.get(page)).toEqual([])

const contextOptions = ({ scheme = 'light', isPhone, hasScript = true }: OpenOptions) => ({
  colorScheme: scheme,
  javaScriptEnabled: hasScript,
  viewport: isPhone ? { width: 390, height: 844 } : { width: 1_280, height: 900 },
  reducedMotion: 'reduce' as const,
})

/** One for all rigs of this process, with which it ends. */
let launched: Promise<Browser> | null = null

const theBrowser = (): Promise<Browser> => {
  launched ??= chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', `--disable-features=${UNUSED.join()}`],
  })
  return launched
}

/** Without a page, by their settings. */
const idle = new Map<string, Set<BrowserContext>>()

/** Contexts of pages that are closed serve again, without their cookies: each is a window, which takes longer to open than a page. */
const contextFor = async (how: OpenOptions) => {
  const settings = contextOptions(how)
  const kind = JSON.stringify(settings)
  const free = idle.get(kind) ?? new Set()
  idle.set(kind, free)
  const [kept] = free
  const context = kept ?? (await (await theBrowser()).newContext(settings))
  free.delete(context)
  context.once('close', () => free.delete(context))
  await context.clearCookies()
  context.setDefaultTimeout(BUSY_MS)
  return { context, release: () => void free.add(context) }
}

export interface RigOptions extends Pick<SiteOptions, 'config' | 'training'> {
  seed?: Partial<SeedOptions> | false
  /** After the database is seeded and before the server starts. */
  prepare?: (site: Site) => Promise<void>
}

/** With `seed` false the database is as a first start makes it. */
export const createDeskRig = async (options: RigOptions = {}): Promise<DeskRig> => {
  const { config, training } = options
  const site = await createSite({
    config: { ...DESK_CONFIG, ...config },
    ...(training && { training }),
  })
  if (options.seed !== false) await seedSite(site, options.seed)
  await options.prepare?.(site)
  const server = await site.startHere()
  return {
    site,
    server,
    open: async (path, how = {}) => {
      const { context, release } = await contextFor(how)
      const page = await context.newPage()
      page.once('close', release)
      onTestFinished(() => page.close())
      watched.set(page, watch(page))
      await page.goto(server.url + path, { waitUntil: 'load' })
      return page
    },
    close: async () => {
      await server.stop()
      await site.remove()
    },
  }
}

interface AxeViolation {
  id: string
  impact: string | null
  nodes: { target: string[]; failureSummary: string }[]
}

/** Serious and critical violations, as axe-core tells them: of all its rules, or of some. */
export const axeViolations = async (page: Page, rules?: readonly string[]): Promise<string[]> => {
  // The policy of the page forbids scripts of elsewhere; the debugger's own way is not bound by it.
  if (await page.evaluate('globalThis.axe === undefined')) await page.evaluate(AXE)
  // Of rules that hold, it need not tell every element.
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
  const violations = (await page.evaluate(
    `(async () => (await globalThis.axe.run(document, ${options})).violations)()`,
  )) as AxeViolation[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    )
}

const FOLDER = process.env.SIGNALBOX_SCREENSHOTS

export const screenshot = async (page: Page, name: string): Promise<void> => {
  if (FOLDER === undefined) return
  mkdirSync(FOLDER, { recursive: true })
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true })
}
