// Every write, sync and truncation of a database's life fails once, and from then on: opening, migrating, batches, votes,
// upgrade, retention, checkpoint, closing. Each time the state is the old or the new one, and no acknowledged vote is lost.
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runModule } from '../store/fault-fixtures.ts'
import { decisionOf, temporaryFolder } from '../store/fixtures.ts'

const canPreload = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0

// Every operation takes a minute and more of real fsyncs, so the usual run fails every fifth.
const stride = process.env.SIGNALBOX_TEST_PROFILE === 'full' ? 1 : 5

const LIFE = `
import { readdirSync, mkdirSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import Database from 'BETTER_SQLITE3'
import { openEngine } from 'ENGINE'
import { packBatch } from 'BATCH'
import { MIGRATIONS } from 'MIGRATIONS'
import { toDecisionRow } from 'ROWS'

const [folder, decisionJson] = process.argv.slice(2)
const stride = Number(process.argv[4])
const decision = JSON.parse(decisionJson)
const added = {
  tag: '0001_added', createdAtMs: 9e12,
  sql: 'CREATE TABLE first (x);--> statement-breakpoint\\nINSERT INTO first VALUES (1);--> statement-breakpoint\\nCREATE TABLE second (x);',
}
const options = (file, migrations, onCorrupt) => ({
  file, busyTimeoutMs: 0, readOnly: false, onCorrupt, nowMs: 0, migrations, maxPages: null,
})
const batchOf = (name) => packBatch(Array.from({ length: 10 }, (_, n) => {
  const row = toDecisionRow({ ...decision, id: name + n, embedding: new Float32Array(384) }, 'pending', 'full')
  return { id: row.id, row, completion: null }
}))
const voteOn = (id) => ({
  id: 'vote-' + id, decisionId: id, principal: 'p', verdict: 'good', correctRoute: null, score: null,
  comment: null, source: 'explicit', implicitKind: null, createdAtMs: 1,
})

/** One life; every step may fail, and the next is tried all the same. */
const live = (file, acknowledged) => {
  const failures = []
  const attempt = (step) => {
    try { return step() } catch (error) { failures.push(error.code); return null }
  }
  const session = (migrations, name) => {
    const opened = attempt(() => openEngine(options(file, migrations, 'move_aside')))
    if (!opened) return
    const { engine } = opened
    attempt(() => engine.writeBatch(batchOf(name)))
    for (const n of [1, 2]) {
      attempt(() => { engine.addFeedback(voteOn(name + n)); acknowledged.push('vote-' + name + n) })
    }
    attempt(() => engine.deleteExpired({ beforeMs: 1, votedBeforeMs: 1, limit: 10 }))
    attempt(() => engine.checkpoint(null))
    attempt(() => engine.close(null))
  }
  session(MIGRATIONS, 'a')
  session([...MIGRATIONS, added], 'b')
  return failures
}

const inspect = (directory, file, acknowledged) => {
  const problems = []
  const moved = readdirSync(directory).filter((name) => name.includes('.corrupt-'))
  if (moved.length > 0) problems.push('moved aside')
  const raw = new Database(file)
  const tables = raw.prepare("SELECT name FROM sqlite_master WHERE name IN ('first', 'second')").all().length
  if (tables === 1) problems.push('half a migration')
  raw.close()
  const { engine } = openEngine(options(file, [...MIGRATIONS, added], 'refuse'))
  const votes = new Set(JSON.parse(engine.listFeedback({ of: null, after: 0, limit: 1000 }).rows.json).map(({ id }) => id))
  for (const id of acknowledged) if (!votes.has(id)) problems.push('lost ' + id)
  const ids = engine.listDecisions({ limit: 1000 }).decisions.map(({ id }) => id)
  for (const name of ['a', 'b']) {
    const count = ids.filter((id) => id.startsWith(name)).length
    if (count !== 0 && count !== 10) problems.push(name + ': ' + count + ' of 10 rows')
  }
  engine.writeBatch(batchOf('c'))
  engine.close(null)
  const check = new Database(file)
  if (check.pragma('integrity_check', { simple: true }) !== 'ok') problems.push('not sound')
  check.close()
  return problems
}

let run = 0
const report = { runs: 0, failedSteps: 0, operations: 0, problems: [] }
for (const code of [constants.errno.EIO, constants.errno.ENOSPC]) {
  for (const count of [1, 1e9]) {
    for (let n = 1; ; n += stride) {
      const directory = join(folder, String(++run))
      mkdirSync(directory)
      const file = join(directory, 'faulty.db')
      const acknowledged = []
      process.env.FAIL_SEEN = '0'
      process.env.FAIL_PLAN = [run, n, code, count].join(':')
      const failures = live(file, acknowledged)
      const seen = Number(process.env.FAIL_SEEN)
      delete process.env.FAIL_PLAN
      const wrong = failures.filter((code) => code !== 'store_unavailable' && code !== 'decision_not_found')
      if (wrong.length > 0) report.problems.push({ n, code, count, problems: wrong })
      const problems = inspect(directory, file, acknowledged)
      if (problems.length > 0) report.problems.push({ n, code, count, problems })
      report.runs++
      report.failedSteps += failures.length
      report.operations = Math.max(report.operations, seen)
      if (seen < n) break
    }
  }
}
console.log(JSON.stringify(report))
`

it.skipIf(!canPreload)(
  'keeps the old or the new state whichever write, sync or truncation fails',
  () => {
    const folder = temporaryFolder()
    const library = join(folder, 'failing-io.so')
    const source = fileURLToPath(new URL('./failing-io.c', import.meta.url))
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'])
    const output = runModule(folder, LIFE, {
      args: [folder, JSON.stringify(decisionOf(1, { embedding: null })), String(stride)],
      env: { LD_PRELOAD: library },
    })
    const report = JSON.parse(output)
    expect(report.problems).toEqual([])
    // The injection reached the database: operations were seen, each was failed, and steps failed with them.
    expect(report.operations).toBeGreaterThan(50)
    expect(report.runs).toBeGreaterThan(200 / stride)
    expect(report.failedSteps).toBeGreaterThan(200 / stride)
  },
  300_000,
)
