// Candidates good and bad against a serving generation, from disk, as a rebuild asks.
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { describeGate } from '../../../scripts/report/describe-gate.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import { type GateInput, holdGate } from '../../../src/training/gate/gate.ts'
import type { GateCheckName, GateReport } from '../../../src/training/reports/gate-report.ts'
import { decisionOf, feedbackOf, idOf, openStoreHere } from '../../store/fixtures.ts'
import {
  ENCODER_ID,
  heldOutOf,
  type MadeRow,
  madeRows,
  ROUTES,
  rowNear,
  writeMadeGeneration,
} from '../../support/made-generations.ts'
import { exampleConfig, temporaryFolder } from '../../support/training-folder.ts'

vi.setConfig({ testTimeout: 60_000 })

const served = madeRows({ perRoute: 60, seed: 1, noise: 1.2 })
const heldOut = madeRows({ perRoute: 60, seed: 2, noise: 1.2, prefix: 'held' })

const setUp = async (
  candidate: MadeRow[],
  changes: Partial<GateInput> = {},
): Promise<GateInput> => {
  const indexDir = join(await temporaryFolder(), 'index')
  const serving = await writeMadeGeneration(indexDir, served)
  return {
    indexDir,
    serving,
    candidate: await writeMadeGeneration(indexDir, candidate),
    heldOut: heldOutOf(heldOut),
    feedbackHeldOut: null,
    databaseFile: null,
    config: exampleConfig(ROUTES),
    ...changes,
  }
}

const verdicts = ({ checks }: GateReport): Partial<Record<GateCheckName, string>> =>
  Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]))

const summaryOf = ({ checks }: GateReport, wanted: GateCheckName): string =>
  checks.find(({ name }) => name === wanted)?.summary ?? ''

/** The same texts under another's label: each has another id then, as it has in training data. */
const shuffledLabels = (): MadeRow[] => {
  const routes = shuffled(
    served.map(({ route }) => route),
    createRandom(5),
  )
  return served.map((row, i) => ({ ...row, id: `shuffled_${i}`, route: routes[i] as string }))
}

const nearDuplicates = (count: number, route: string, victim: MadeRow): MadeRow[] => {
  const random = createRandom(11)
  return Array.from({ length: count }, (_, i) => ({
    id: `push_${i}`,
    text: `${victim.text} ${i}`,
    route,
    source: 'feedback' as const,
    vector: rowNear(victim.vector, random, 0.2),
  }))
}

it('refuses a generation of shuffled labels, with several reasons that name routes and prompts', async () => {
  const report = await holdGate(await setUp(shuffledLabels()))
  expect(report.passed).toBe(false)
  expect(verdicts(report)).toMatchObject({ accuracy: 'failed', routes: 'failed' })
  expect(summaryOf(report, 'accuracy')).toMatch(
    /^Right on \d+ of 240 held-out prompts \(serving: \d+\): fixes \d+, breaks \d+, p < 0\.001\. It loses \d+\.\d %; 1\.0 % is allowed\.$/,
  )
  expect(summaryOf(report, 'routes')).toMatch(
    /(code|math|writing|cooking) falls from .* such as ".* held 2 \d+" and ".* held 2 \d+"\)/,
  )
  expect(describeGate(report)[0]).toMatch(
    /^The gate refuses generation 2, against generation 1: \d of 10/,
  )
})

it('lets a generation pass that adds a handful of right exemplars', async () => {
  const more = madeRows({ perRoute: 3, seed: 3, noise: 1.2, prefix: 'more' })
  const report = await holdGate(await setUp([...served, ...more]))
  expect(describeGate(report).join('\n')).not.toContain('FAIL')
  expect(report).toMatchObject({ passed: true, candidate: 2, against: 1 })
  expect(summaryOf(report, 'additions')).toMatch(/^12 exemplars are new, 0 gone\./)
})

it('refuses one route that was lost, though the others gain', async () => {
  const lost = served.map((row) =>
    row.route === 'math' && Number(row.id.split('_')[2]) % 8 !== 1
      ? { ...row, id: `lost_${row.id}`, route: 'code' }
      : row,
  )
  const report = await holdGate(await setUp(lost))
  expect(verdicts(report)).toMatchObject({ routes: 'failed' })
  expect(summaryOf(report, 'routes')).toMatch(/^Some routes are found less often: math falls from/)
})

it('names near-duplicates that push into another route', async () => {
  const victim = served.find(({ route }) => route === 'math') as MadeRow
  const report = await holdGate(await setUp([...served, ...nearDuplicates(60, 'cooking', victim)]))
  expect(verdicts(report).additions).toBe('failed')
  expect(summaryOf(report, 'additions')).toMatch(
    /Near-duplicates push into other routes: 60 exemplars for cooking from feedback \(one is push_\d+\), where math stood before\.$/,
  )
})

it('lets near-duplicates of their own route pass, with a note', async () => {
  const likes = served.find(({ route }) => route === 'math') as MadeRow
  const report = await holdGate(await setUp([...served, ...nearDuplicates(30, 'math', likes)]))
  expect(verdicts(report).additions).toBe('passed')
  expect(summaryOf(report, 'additions')).toMatch(/Worth a look: 30 near-duplicates for math/)
})

it('names a new exemplar that is the nearest of prompts from everywhere', async () => {
  // Prompts as far from each other as from every exemplar, but all of them around one point.
  const random = createRandom(4)
  const [centre] = madeRows({ perRoute: 1, seed: 6, noise: 12 }) as [MadeRow]
  const hub: MadeRow = { ...centre, id: 'hub_1', text: 'everything', route: 'code' }
  const far = madeRows({ perRoute: 60, seed: 7, prefix: 'far' }).map((row) => ({
    ...row,
    vector: rowNear(hub.vector, random, 2.5),
  }))
  const scattered = madeRows({ perRoute: 15, seed: 8, noise: 12, prefix: 'scattered' })
  const indexDir = join(await temporaryFolder(), 'index')
  const serving = await writeMadeGeneration(indexDir, scattered)
  const candidate = await writeMadeGeneration(indexDir, [...scattered, hub])
  const report = await holdGate({
    ...{ indexDir, serving, candidate, heldOut: heldOutOf(far), feedbackHeldOut: null },
    ...{ databaseFile: null, config: exampleConfig(ROUTES) },
  })
  expect(summaryOf(report, 'hubs')).toMatch(
    /the nearest of more than .*: hub_1 of code \(\d+\.\d %\)\./,
  )
})

it('replays stored decisions, and refuses what breaks those that were called good', async () => {
  const databaseFile = join(await temporaryFolder(), 'signalbox.db')
  const job = await setUp(shuffledLabels(), { databaseFile, heldOut: null })
  const store = await openStoreHere({ file: databaseFile })
  for (const [n, { route, text, vector }] of heldOut.slice(0, 60).entries()) {
    const routingText = { text, digest: '', isTruncated: false, hasSignal: true, flags: [] }
    const made = { routingText, embedding: vector, encoderId: ENCODER_ID, route, inherited: null }
    store.recordDecision(decisionOf(n + 1, made), 'dry_run')
    await store.addFeedback(
      feedbackOf(n, { decisionId: idOf(n + 1), verdict: 'good', correctRoute: null }),
    )
  }
  const report = await holdGate(job)
  expect(verdicts(report).replay).toBe('failed')
  expect(summaryOf(report, 'replay')).toMatch(
    /^Changes \d+\.\d % of the last 60 decisions; of the 60 with feedback it fixes 0 and breaks \d+ .* It breaks more than it fixes, beyond chance\.$/,
  )
  expect(report.replay).toMatchObject({ generation: 2, replayed: 60 })
})

it('shows texts of the operator’s file in its reasons, and never a caller’s', async () => {
  const votes = heldOutOf(heldOut.map((row) => ({ ...row, text: `secret ${row.text}` })))
  const report = await holdGate(
    await setUp(shuffledLabels(), { heldOut: null, feedbackHeldOut: votes }),
  )
  expect(verdicts(report).routes).toBe('failed')
  expect(describeGate(report).join('\n')).not.toContain('secret')
})

it('takes an abstention for the default route where a vote says that this one is right', async () => {
  const votes = { ...heldOutOf(heldOut), labels: heldOut.map(() => 'general') }
  const silent = { ...votes, hasSignal: heldOut.map(() => false) }
  const report = await holdGate(await setUp(served, { heldOut: null, feedbackHeldOut: silent }))
  expect(summaryOf(report, 'votes')).toContain('Right on 240 of 240')
  expect(verdicts(report).calibration).toBe('skipped')
})

it('skips every check where no generation serves, or one that cannot be compared', async () => {
  const job = await setUp(served)
  const first = await holdGate({ ...job, serving: null })
  expect(first).toMatchObject({ passed: true, against: null, replay: null })
  expect(new Set(Object.values(verdicts(first)))).toEqual(new Set(['skipped']))
  const other = await writeMadeGeneration(job.indexDir, served, { encoderId: 'other/32+8' })
  const changed = await holdGate({ ...job, candidate: other })
  expect(changed.passed).toBe(true)
  expect(summaryOf(changed, 'accuracy')).toMatch(/^Generation 1 was built with another encoder/)
  const gone = await holdGate({ ...job, serving: 77 })
  expect(summaryOf(gone, 'routes')).toMatch(/^Generation 77 cannot be read/)
})

it('tells how far it is, and fails where the candidate cannot be read', async () => {
  const input = await setUp(served)
  const told: number[] = []
  await holdGate(input, (done) => told.push(done))
  expect(told.length).toBeGreaterThan(1)
  expect(told).toEqual([...told].sort((a, b) => a - b))
  await expect(holdGate({ ...input, candidate: 99 })).rejects.toMatchObject({
    code: 'index_invalid',
  })
})
