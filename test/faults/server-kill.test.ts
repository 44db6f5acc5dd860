// kill -9 of the server while it takes votes, and of `signalbox rebuild` beside it, twenty times on one data folder: every
// next start serves a generation that verifies, and every vote that was answered with 201 is still there.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/statistics/random.ts'
import type { RebuildReport } from '../../src/training/rebuild/rebuild.ts'
import { verifyGeneration } from '../../src/vector-index/generation-check.ts'
import { createSite, type RunningServer, type Site } from '../support/server.ts'
import { exampleRoute } from '../support/training-folder.ts'

const ROUNDS = 20
const SEED = 20
const LONGEST_SERVING_MS = 600
const BIN = fileURLToPath(new URL('../../dist/scripts/signalbox.js', import.meta.url))

const CODE = exampleRoute('code')

let site: Site

beforeAll(async () => {
  site = await createSite({ index: 'none' })
}, 120_000)

afterAll(() => site.remove())

/** Votes one after the other until the server is gone; `acknowledged` has the decision of each that got its 201. */
const voteUntilGone = async (server: RunningServer, round: number, acknowledged: string[]) => {
  try {
    for (let n = 0; ; n++) {
      const { id } = await server.route(`compose ${n} lines about the harbour in round ${round}`)
      const vote = { decision_id: id, verdict: 'bad', correct_route: CODE }
      const response = await server.post('/v1/feedback', vote)
      if (response.status === 201) acknowledged.push(id)
    }
  } catch (error) {
    // Only the killed server may end the loop: fetch says so with a TypeError, an answered error with an Error.
    if (!(error instanceof TypeError)) throw error
  }
}

/** `signalbox rebuild`, killed after `afterMs` unless it has ended. */
const rebuildAndKill = async (afterMs: number): Promise<void> => {
  const env = { ...process.env, SIGNALBOX_DATA: site.dataDir, SIGNALBOX_CONFIG: '' }
  const child = spawn(process.execPath, [BIN, 'rebuild', '--force'], { cwd: site.dir, env })
  const closed = once(child, 'close')
  await Promise.race([wait(afterMs), closed])
  child.kill('SIGKILL')
  await closed
}

const storedVotes = (): Set<unknown> => {
  const client = new Database(site.databaseFile, { readonly: true })
  try {
    expect(client.pragma('integrity_check', { simple: true })).toBe('ok')
    return new Set(client.prepare('SELECT decision_id FROM feedback').pluck().all())
  } finally {
    client.close()
  }
}

/** Starts, and holds what serves against its hashes and the votes against what was acknowledged. */
const startAndCheck = async (acknowledged: string[], newest: number) => {
  const server = await site.start()
  const { route, reason, index_generation } = await server.route('debug the python script please')
  expect({ route, reason }).toEqual({ route: CODE, reason: 'matched' })
  const generation = index_generation ?? 0
  expect(generation).toBeGreaterThanOrEqual(newest)
  expect((await verifyGeneration(site.indexDir, generation)).generation).toBe(generation)
  const votes = storedVotes()
  expect(acknowledged.filter((id) => !votes.has(id))).toEqual([])
  expect(server.log().filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([])
  return { server, generation }
}

describe('a server and a rebuild that are killed', () => {
  it('lose no acknowledged vote and never serve a generation that does not verify', async () => {
    const random = createRandom(SEED)
    const acknowledged: string[] = []
    const first = await site.start()
    await first.stop()
    const built = await site.run(['rebuild', '--force', '--json'])
    const report = JSON.parse(built.stdout) as RebuildReport
    let newest = report.generation
    // A rebuild also starts its encoders, which takes about as long again.
    const longestRebuildMs = report.durationMs + 2_000
    for (let round = 0; round < ROUNDS; round++) {
      const { server, generation } = await startAndCheck(acknowledged, newest)
      newest = generation
      const voting = voteUntilGone(server, round, acknowledged)
      if (round % 2 === 0) await wait(random() * LONGEST_SERVING_MS)
      else await rebuildAndKill(random() * longestRebuildMs)
      server.kill('SIGKILL')
      await voting
      expect(await server.exit).toEqual({ code: null, signal: 'SIGKILL' })
    }
    const { server } = await startAndCheck(acknowledged, newest)
    expect(acknowledged.length).toBeGreaterThan(ROUNDS)
    // The votes are not only there, a rebuild also judges each.
    const last = await site.run(['rebuild', '--json'])
    const { fromFeedback, queued } = JSON.parse(last.stdout) as RebuildReport
    const { accepted, rejected } = fromFeedback
    expect(accepted.length).toBeGreaterThan(0)
    expect(rejected.filter(({ reason }) => !reason.startsWith('Adds nothing'))).toEqual([])
    const learned = new Set([
      ...[...accepted, ...queued].flatMap(({ decisionIds }) => decisionIds),
      ...rejected.map(({ decisionId }) => decisionId),
    ])
    expect(acknowledged.filter((id) => !learned.has(id))).toEqual([])
    expect(await server.stop()).toEqual({ code: 0, signal: null })
  }, 400_000)
})
