// Why a generation is as it is: what asked for it, which votes went into it, what the gate found, what became of it. One
// file each beside the generations, which it outlives; the prompts in it then go.
import { mkdir, readdir, readFile, rename, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GATE_CHECKS, type GateReport } from '../../core/gate-report.ts'
import { FOLDER_MODE, syncFolder, writeDurably } from '../../vector-index/durable.ts'
import {
  REPORTS,
  reportFile,
  reportNumber,
  temporaryPath,
} from '../../vector-index/generation-name.ts'

export const TRIGGERS = ['first', 'command', 'api', 'schedule', 'corrections'] as const
/** What asked for a rebuild. */
export type Trigger = (typeof TRIGGERS)[number]

export const BUILD_OUTCOMES = ['promoted', 'refused', 'canary', 'kept'] as const
export type BuildOutcome = (typeof BUILD_OUTCOMES)[number]

const fixesSchema = z.object({
  rows: z.number(),
  fixes: z.number(),
  breaks: z.number(),
  pValue: z.number(),
})

const replaySchema = z.object({
  generation: z.number(),
  replayed: z.number(),
  skipped: z.record(z.string(), z.number()),
  withoutText: z.number().default(0),
  sinceMs: z.number().nullable(),
  changed: z.number(),
  changedShare: z.number(),
  moves: z.array(z.object({ from: z.string(), to: z.string(), decisions: z.number() })),
  voted: fixesSchema,
  heldOut: fixesSchema,
  hubs: z.array(z.object({ exemplarId: z.string(), route: z.string(), share: z.number() })),
  examples: z.array(
    z.object({
      decisionId: z.string(),
      from: z.string(),
      to: z.string(),
      text: z.string().nullable(),
    }),
  ),
  durationMs: z.number(),
})

const gateReportSchema = z.object({
  candidate: z.number(),
  against: z.number().nullable(),
  passed: z.boolean(),
  checks: z.array(
    z.object({
      name: z.enum(GATE_CHECKS),
      verdict: z.enum(['passed', 'failed', 'skipped']),
      summary: z.string(),
      figures: z.record(
        z.string(),
        z
          .number()
          .nullable()
          .transform((x) => x ?? Number.NaN),
      ),
    }),
  ),
  replay: replaySchema.nullable(),
  durationMs: z.number(),
})

/** A prompt that votes speak for. `text` is null where it is not kept. */
const candidateSchema = z.object({
  exemplarId: z.string(),
  route: z.string(),
  text: z.string().nullable(),
  decisionIds: z.array(z.string()),
  /** A sentence: why it was taken, or why it waits for a person. */
  reason: z.string().nullable(),
})

const rejectedSchema = z.object({ decisionId: z.string(), reason: z.string() })

const quarantinedSchema = z.object({
  exemplarId: z.string(),
  route: z.string(),
  reason: z.string(),
})

const reportSchema = z.object({
  format: z.literal(1),
  generation: z.number(),
  parent: z.number().nullable(),
  trigger: z.enum(TRIGGERS),
  author: z.string(),
  createdAtMs: z.number(),
  outcome: z.enum(BUILD_OUTCOMES),
  /** A sentence: why this outcome. */
  reason: z.string(),
  /** Of everything that the build was made from and judged by. */
  digest: z.string(),
  gate: gateReportSchema.nullable(),
  /** How many there were of each; the lists hold the first of them. */
  counts: z.object({
    accepted: z.number(),
    queued: z.number(),
    rejected: z.number(),
    quarantined: z.number(),
    /** Prompts whose route was confirmed, and that say nothing new. */
    confirmed: z.number(),
  }),
  accepted: z.array(candidateSchema),
  queued: z.array(candidateSchema),
  rejected: z.array(rejectedSchema),
  quarantined: z.array(quarantinedSchema),
})

export type GenerationReport = Omit<z.infer<typeof reportSchema>, 'gate'> & {
  gate: GateReport | null
}
export type ReportedCandidate = z.infer<typeof candidateSchema>
export type ReportedQuarantine = z.infer<typeof quarantinedSchema>

/** A report is read whenever somebody looks: ten thousand rejected votes are a count, and these. */
const LISTED = 500
const MAX_TEXT_CHARS = 500

const cut = <T extends { text: string | null }>(rows: readonly T[]): T[] =>
  rows.slice(0, LISTED).map((row) => ({
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
): Promise<void> =>
  write(dir, {
    ...report,
    format: 1,
    gate: withoutExamples(report.gate),
    counts: {
      accepted: report.accepted.length,
      queued: report.queued.length,
      rejected: report.rejected.length,
      quarantined: report.quarantined.length,
      confirmed,
    },
    accepted: cut(report.accepted),
    queued: cut(report.queued),
    rejected: report.rejected.slice(0, LISTED),
    quarantined: report.quarantined.slice(0, LISTED),
  })

/** The report of a generation; null where there is none, or none that can be read: history.jsonl still says what happened. */
export const readReport = async (dir: string, number: number): Promise<GenerationReport | null> => {
  try {
    const report = reportSchema.parse(JSON.parse(await readFile(reportFile(dir, number), 'utf8')))
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
