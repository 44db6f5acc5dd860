// Keeps the reports of builds: one file each beside the generations, which it outlives; the prompts in it then go.
import { mkdir, readdir, readFile, rename, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FOLDER_MODE, syncFolder, writeDurably } from '../../vector-index/durable.ts'
import {
  REPORTS,
  reportFile,
  reportNumber,
  temporaryPath,
} from '../../vector-index/generation-name.ts'
import {
  type GenerationReport,
  generationReportSchema,
  type ReportedCandidate,
  toFeedbackReport,
} from '../reports/build-report.ts'

const MAX_TEXT_CHARS = 500

const cut = (rows: readonly ReportedCandidate[]): ReportedCandidate[] =>
  rows.map((row) => ({
    ...row,
    text: row.text === null ? null : row.text.slice(0, MAX_TEXT_CHARS).toWellFormed(),
  }))

/**
 * The replay's examples are prompts of people who never voted: their decisions name them, and a deletion in the store is
 * then enough.
 */
const withoutExamples = (gate: GenerationReport['gate']): GenerationReport['gate'] =>
  gate && {
    ...gate,
    replay: gate.replay && {
      ...gate.replay,
      examples: gate.replay.examples.map((example) => ({ ...example, text: null })),
    },
  }

const write = async (dir: string, report: GenerationReport): Promise<void> => {
  const folder = join(dir, REPORTS)
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  const temporary = temporaryPath(dir, 'report')
  try {
    await writeDurably(temporary, JSON.stringify(report))
    await rename(temporary, reportFile(dir, report.generation))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folder)
}

export type ReportDraft = Omit<GenerationReport, 'format' | 'counts'> & { confirmed?: number }

/**
 * Keeps the report of a generation, replacing an earlier one in one step. Long lists and texts are cut; texts of replayed
 * prompts are left out.
 * @throws the file system's error
 */
export const writeReport = (
  dir: string,
  { confirmed = 0, ...report }: ReportDraft,
): Promise<void> => {
  const feedback = toFeedbackReport({ ...report, confirmed })
  return write(dir, {
    ...report,
    ...feedback,
    format: 1,
    gate: withoutExamples(report.gate),
    accepted: cut(feedback.accepted),
    queued: cut(feedback.queued),
  })
}

/** The report of a generation; null where there is none, or none that can be read: history.jsonl still says what happened. */
export const readReport = async (dir: string, number: number): Promise<GenerationReport | null> => {
  try {
    const text = await readFile(reportFile(dir, number), 'utf8')
    const report = generationReportSchema.parse(JSON.parse(text))
    return report.generation === number ? report : null
  } catch (error) {
    const isDamaged = error instanceof SyntaxError || error instanceof z.ZodError
    if (isDamaged || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Numbers that have a report, lowest first. */
export const listReports = async (dir: string): Promise<number[]> => {
  const names = await readdir(join(dir, REPORTS)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[]
    throw error
  })
  return names
    .map(reportNumber)
    .filter((number) => number !== null)
    .sort((a, b) => a - b)
}

/** The gate quotes prompts where it names those that got worse. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g

const withoutQuotes = (gate: GenerationReport['gate']): GenerationReport['gate'] =>
  gate && {
    ...gate,
    checks: gate.checks.map((check) => ({
      ...check,
      summary: check.summary.replaceAll(QUOTED, '"…"'),
    })),
  }

/** Takes prompts out of a report: all of them, or the lines of some exemplars and whatever the gate quoted. */
const blank = (report: GenerationReport, forgotten: ReadonlySet<string> | 'all') => {
  const isKept = ({ exemplarId }: { exemplarId: string }) =>
    forgotten === 'all' || !forgotten.has(exemplarId)
  const lines = (rows: ReportedCandidate[]): ReportedCandidate[] =>
    rows.filter(isKept).map((row) => (forgotten === 'all' ? { ...row, text: null } : row))
  return {
    ...report,
    gate: withoutQuotes(report.gate),
    accepted: lines(report.accepted),
    queued: lines(report.queued),
    quarantined: report.quarantined.filter(isKept),
  }
}

const rewrite = async (
  dir: string,
  number: number,
  forgotten: ReadonlySet<string> | 'all',
): Promise<void> => {
  const report = await readReport(dir, number)
  if (report === null) {
    // One that cannot be read cannot be cleaned either. Its name stays, so that the number is not given again.
    await truncate(reportFile(dir, number)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    return
  }
  const next = blank(report, forgotten)
  if (JSON.stringify(next) !== JSON.stringify(report)) await write(dir, next)
}

/** Takes every prompt out of the report of a generation that is gone. */
export const forgetReportTexts = (dir: string, number: number): Promise<void> =>
  rewrite(dir, number, 'all')

/** Takes these exemplars out of every report but that of `fresh`, which was made without them. */
export const forgetInReports = async (
  dir: string,
  ids: ReadonlySet<string>,
  fresh: number | null = null,
): Promise<void> => {
  if (ids.size === 0) return
  for (const number of await listReports(dir)) {
    if (number !== fresh) await rewrite(dir, number, ids)
  }
}
