import { readFile, stat, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import {
  forgetInReports,
  forgetReportTexts,
  listReports,
  readReport,
  writeReport,
} from '../../../src/training/generations/generation-report.ts'
import type { GenerationReport } from '../../../src/training/reports/build-report.ts'
import type { GateReport } from '../../../src/training/reports/gate-report.ts'
import { reportFile } from '../../../src/vector-index/generation-name.ts'
import { gateReport } from '../../support/gate-reports.ts'
import { temporaryFolder } from '../../support/training-folder.ts'

const candidate = (exemplarId: string, text: string | null) => ({
  exemplarId,
  route: 'code',
  text,
  decisionIds: ['d1'],
  reason: null,
})

const replay: NonNullable<GateReport['replay']> = {
  generation: 2,
  replayed: 10,
  skipped: { pinned: 1 },
  withoutText: 2,
  sinceMs: 5,
  changed: 1,
  changedShare: 0.1,
  moves: [{ from: 'code', to: 'math', decisions: 1 }],
  voted: { rows: 3, fixes: 1, breaks: 0, pValue: 1 },
  heldOut: { rows: 0, fixes: 0, breaks: 0, pValue: 1 },
  hubs: [{ exemplarId: 'fb_1', route: 'code', share: 0.2 }],
  examples: [{ decisionId: 'd9', from: 'code', to: 'math', text: 'a passing prompt' }],
  durationMs: 3,
}

const report = (changes: Partial<GenerationReport> = {}) => ({
  generation: 2,
  parent: 1,
  trigger: 'api' as const,
  author: 'key-1',
  createdAtMs: 1_700_000_000_000,
  outcome: 'refused' as const,
  reason: 'The gate refused it: accuracy.',
  digest: 'abc',
  gate: gateReport(false, { replay }),
  accepted: [candidate('fb_1', 'first prompt'), candidate('fb_2', null)],
  queued: [{ ...candidate('fb_3', 'third prompt'), reason: 'Its neighbours say math.' }],
  rejected: [{ decisionId: 'd7', reason: 'No route.' }],
  quarantined: [{ exemplarId: 'fb_4', route: 'math', reason: 'Harm.' }],
  confirmed: 3,
  ...changes,
})

describe('the report of a generation', () => {
  it('comes back as it was kept, in a file that nobody else may read', async () => {
    const dir = await temporaryFolder()
    await writeReport(dir, report())
    const read = await readReport(dir, 2)
    const { gate, confirmed, ...rest } = report()
    const examples = [{ ...replay.examples[0], text: null }]
    expect(read).toEqual({
      ...rest,
      format: 1,
      counts: { accepted: 2, queued: 1, rejected: 1, quarantined: 1, confirmed },
      gate: { ...gate, replay: { ...replay, examples } },
    })
    expect((await stat(reportFile(dir, 2))).mode & 0o777).toBe(0o600)
  })

  it('holds no prompt of the replay: their decisions name them', async () => {
    const dir = await temporaryFolder()
    await writeReport(dir, report())
    expect(await readFile(reportFile(dir, 2), 'utf8')).not.toContain('passing')
  })

  it('keeps figures that are no numbers readable', async () => {
    const dir = await temporaryFolder()
    const gate = gateReport(true)
    const checks = gate.checks.map((check) => ({ ...check, figures: { ratio: Number.NaN } }))
    await writeReport(dir, report({ gate: { ...gate, checks } }))
    expect((await readReport(dir, 2))?.gate?.checks[0]?.figures).toEqual({ ratio: Number.NaN })
  })

  it('cuts long lists and texts, and still counts all', async () => {
    const dir = await temporaryFolder()
    const rejected = Array.from({ length: 10_000 }, (_, i) => ({
      decisionId: `d${i}`,
      reason: 'Another key said so.',
    }))
    await writeReport(dir, report({ rejected, accepted: [candidate('fb_1', 'x'.repeat(20_000))] }))
    const read = await readReport(dir, 2)
    expect(read?.counts.rejected).toBe(10_000)
    expect(read?.rejected).toHaveLength(500)
    expect(read?.accepted[0]?.text).toHaveLength(500)
  })

  it.each(['', '{"format":1', '{"format":2}', '[]'])(
    'is none where it reads %j',
    async (content) => {
      const dir = await temporaryFolder()
      await writeReport(dir, report())
      await writeFile(reportFile(dir, 2), content)
      expect(await readReport(dir, 2)).toBeNull()
      await forgetReportTexts(dir, 2)
      expect(await listReports(dir)).toEqual([2])
    },
  )

  it('loses its prompts with its generation', async () => {
    const dir = await temporaryFolder()
    const gate = gateReport(false)
    const checks = gate.checks.map((check) => ({
      ...check,
      summary:
        'code falls from 90 % to 80 %, such as "a \\"quoted\\" prompt" and "another prompt".',
    }))
    await writeReport(dir, report({ gate: { ...gate, checks } }))
    await forgetReportTexts(dir, 2)
    const read = await readReport(dir, 2)
    expect(JSON.stringify(read)).not.toContain('prompt')
    expect(read?.gate?.checks[0]?.summary).toBe(
      'code falls from 90 % to 80 %, such as "…" and "…".',
    )
    expect(read?.accepted.map(({ exemplarId }) => exemplarId)).toEqual(['fb_1', 'fb_2'])
  })

  it('loses the lines of forgotten exemplars, unless it was made without them', async () => {
    const dir = await temporaryFolder()
    await writeReport(dir, report())
    await writeReport(dir, report({ generation: 3 }))
    await forgetInReports(dir, new Set(['fb_1', 'fb_3', 'fb_4']), 3)
    expect(await readReport(dir, 2)).toMatchObject({
      accepted: [{ exemplarId: 'fb_2' }],
      queued: [],
      quarantined: [],
      counts: { accepted: 2 },
    })
    expect((await readReport(dir, 3))?.accepted).toHaveLength(2)
  })
})
