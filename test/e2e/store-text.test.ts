// storage.store_text off and hash: a canary word in prompts and comments stands in no file of the data folder and in no log
// line, while feedback still becomes an exemplar by its embedding alone.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSite, type RoutedJson, type RunningServer, type Site } from '../support/server.ts'
import { smallConfig, smallRoute, smallTraining } from '../support/small-training.ts'

const CANARY = 'zyxwcanary'
const PROMPT = `the souffle ${CANARY} collapsed again, whisk the eggs on the second shelf and reheat it`

/** What the vote says is right. */
const CODE = smallRoute('code')

interface File {
  name: string
  bytes: Buffer
}

const filesIn = async (dir: string): Promise<File[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(
    files.map(async ({ parentPath, name }) => ({
      name,
      // A temporary file may be gone again.
      bytes: await readFile(join(parentPath, name)).catch(() => Buffer.alloc(0)),
    })),
  )
}

const FORMS = [
  Buffer.from(CANARY),
  Buffer.from(CANARY, 'utf16le'),
  Buffer.from(Buffer.from(CANARY).toString('hex')),
]

const holding = (files: File[]): string[] =>
  files.filter(({ bytes }) => FORMS.some((form) => bytes.includes(form))).map(({ name }) => name)

describe('a server that keeps little', { shuffle: false }, () => {
  describe.each(['off', 'hash', 'full'] as const)('store_text: %s', (mode) => {
    let site: Site
    let server: RunningServer

    beforeAll(async () => {
      const config = {
        ...smallConfig(),
        storage: { store_text: mode },
        telemetry: { log_level: 'debug' },
        training: { gate: { enabled: false }, feedback: { held_out_share: 0 } },
      }
      site = await createSite({ config, training: smallTraining() })
      server = await site.start()
    }, 180_000)

    afterAll(() => site.remove())

    it('takes prompts, votes and corrections in passing', async () => {
      const headers = { 'x-session-id': 's' }
      for (const content of [PROMPT, `no, I meant the ${CANARY} service`, PROMPT]) {
        const response = await fetch(`${server.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
        })
        expect(response.status).toBe(200)
        await response.text()
      }
      const decision = await server.route(PROMPT)
      expect(decision.route).toBe(smallRoute('cooking'))
      const vote = { decision_id: decision.id, verdict: 'bad', correct_route: CODE }
      // A comment is not a prompt: `hash` keeps it, `off` does not.
      const said = mode === 'hash' ? vote : { ...vote, comment: `about ${CANARY}` }
      const response = await server.post('/v1/feedback', said)
      expect(await response.json()).toMatchObject({ counts: true })
      const { exitCode, stderr } = await site.run(['rebuild', '--json'])
      expect(exitCode, stderr).toBe(0)
    }, 180_000)

    it('learns from the vote', async () => {
      const decision = await vi.waitFor(
        async (): Promise<RoutedJson> => {
          const routed = await server.route(PROMPT)
          expect(routed.index_generation).toBe(2)
          return routed
        },
        { timeout: 30_000, interval: 200 },
      )
      expect(decision.route).toBe(CODE)
      expect(decision.neighbours[0]).toMatchObject({ route: CODE })
      expect(decision.neighbours[0]?.exemplar_id).toMatch(/^fb_/)
    }, 60_000)

    it(mode === 'full'
      ? 'keeps the text in the store'
      : 'has the text nowhere on disk, running or stopped', async () => {
      const running = holding(await filesIn(site.dataDir))
      const digest = createHash('sha256').update(PROMPT).digest()
      const cached = await filesIn(join(site.dataDir, 'cache'))
      expect(cached.length).toBeGreaterThan(0)
      expect(cached.some(({ bytes }) => bytes.includes(digest))).toBe(false)
      expect(JSON.stringify(server.log()) + server.stderr()).not.toContain(CANARY)
      await server.stop()
      const stopped = holding(await filesIn(site.dataDir))
      if (mode === 'full') expect(stopped).toContain('signalbox.db')
      else expect([running, stopped]).toEqual([[], []])
    }, 60_000)
  })
})
