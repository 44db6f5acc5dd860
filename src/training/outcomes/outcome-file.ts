// Reads a JSONL file of outcomes, {text, label?, scores: {model: 0..1}, cost?: {model: USD}} per line; any bad line refuses the file.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { OutcomeTable } from '../../core/outcomes/outcome-table.ts'
import { RouterError } from '../../errors.ts'
import { jsonLines } from '../exemplars/json-lines.ts'

export const outcomeRowSchema = z.looseObject({
  text: z.string().min(1),
  label: z.string().default(''),
  scores: z
    .record(z.string().min(1), z.number().min(0).max(1))
    .refine((scores) => Object.keys(scores).length >= 2, { error: 'give at least two models' }),
  cost: z.record(z.string(), z.number().min(0)).optional(),
})

export type OutcomeRow = z.infer<typeof outcomeRowSchema>

export interface OutcomeFile {
  texts: string[]
  /** Without costs these are all 0. */
  table: OutcomeTable
  hasCosts: boolean
}

const SHOWN = 10
const EXPECTED =
  'expected {"text": "…", "scores": {"model": 0..1, …}, "cost": {"model": USD, …}} on every line'

const fail = (path: string, problems: readonly string[]): never => {
  const more = problems.length > SHOWN ? [`… and ${problems.length - SHOWN} more`] : []
  const lines = problems.slice(0, SHOWN).map((problem) => `${path}${problem}`)
  throw new RouterError('invalid_request', [...lines, ...more, EXPECTED].join('\n'))
}

const problemOf = (error: z.ZodError): string => {
  const [issue] = error.issues
  return `${issue?.path.join('.') || 'the row'}: ${issue?.message ?? 'is not valid'}`
}

const readRows = (content: string, path: string): OutcomeRow[] => {
  const rows: OutcomeRow[] = []
  const problems: string[] = []
  for (const line of jsonLines(content)) {
    const parsed = 'error' in line ? null : outcomeRowSchema.safeParse(line.value)
    if (parsed?.success) rows.push(parsed.data)
    else problems.push(`:${line.number}: ${parsed ? problemOf(parsed.error) : 'is not JSON'}`)
  }
  if (problems.length > 0) fail(path, problems)
  if (rows.length === 0) fail(path, [' has no rows'])
  return rows
}

/** What a row lacks compared with the others, or null. */
const gapOf = (row: OutcomeRow, models: readonly string[], hasCosts: boolean): string | null => {
  const score = models.find((model) => row.scores[model] === undefined)
  if (score !== undefined) return `has no score of ${score}; every row names ${models.join(', ')}`
  const cost = models.find((model) => hasCosts && row.cost?.[model] === undefined)
  return cost === undefined
    ? null
    : `has no cost of ${cost}; every row names the same models, or none has costs`
}

const contentOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RouterError('invalid_request', `${path} cannot be read (${error.code}).`, {
      cause: error,
    })
  })

/**
 * Rows, each of which may name other models.
 * @throws RouterError `invalid_request` naming file and line of each bad row
 */
export const readOutcomeRows = async (path: string): Promise<OutcomeRow[]> =>
  readRows(await contentOf(path), path)

/**
 * @param models the columns; by default those of the first row, sorted by name
 * @throws RouterError `invalid_request` naming file and line of each bad row, or what the file lacks
 */
export const readOutcomeFile = async (
  path: string,
  models?: readonly string[],
): Promise<OutcomeFile> => {
  const rows = await readOutcomeRows(path)
  const columns = models ?? Object.keys(rows[0]?.scores ?? {}).sort()
  const hasCosts = rows.some(({ cost }) => cost !== undefined)
  const gaps = rows.flatMap((row, at) => {
    const gap = gapOf(row, columns, hasCosts)
    return gap === null ? [] : [` row ${at + 1}: ${gap}`]
  })
  if (gaps.length > 0) fail(path, gaps)
  const matrix = (numberOf: (row: OutcomeRow, model: string) => number) => ({
    rows: rows.length,
    cols: columns.length,
    data: Float32Array.from(rows.flatMap((row) => columns.map((model) => numberOf(row, model)))),
  })
  return {
    texts: rows.map(({ text }) => text),
    hasCosts,
    table: {
      models: columns,
      labels: rows.map(({ label }) => label),
      scores: matrix((row, model) => row.scores[model] as number),
      costs: matrix((row, model) => row.cost?.[model] ?? 0),
    },
  }
}
