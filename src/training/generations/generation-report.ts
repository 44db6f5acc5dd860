// Stores the reports of builds: one file each beside the generations. A report stays when its generation is removed, but without
// prompts.
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
 * Removes the texts of the replay's examples: they are prompts of callers who never voted, and must only be in the store, where they
 * can be deleted.
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
 * Writes the report of a generation, replacing an earlier one atomically. Long lists and texts are cut; texts of replayed prompts
 * are left out.
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

/** The report of a generation; null where it is missing or unreadable (history.jsonl then still has its events). */
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

/** Numbers of generations with a report, ascending. */
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

/** Prompts that the gate's summaries quote. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g

const withoutQuotes = (gate: GenerationReport['gate']): GenerationReport['gate'] =>
  gate && {
    ...gate,
    checks: gate.checks.map((check) => ({
      ...check,
      summary: check.summary.replaceAll(QUOTED, '"…"'),
    })),
  }

/** Removes prompts from a report: all of them, or those of some exemplars and the gate's quotations. */
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
    // An unreadable report is emptied. Its file stays, so that the number is not used again.
    await truncate(reportFile(dir, number)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    return
  }
  const next = blank(report, forgotten)
  if (JSON.stringify(next) !== JSON.stringify(report)) await write(dir, next)
}

/** Removes every prompt from the report of a removed generation. */
export const forgetReportTexts = (dir: string, number: number): Promise<void> =>
  rewrite(dir, number, 'all')

/** Removes these exemplars from every report but that of `fresh`, which was built without them. */
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
