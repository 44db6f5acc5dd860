// Reads a feedback log row by row: JSON Lines, or CSV with a header. An unreadable row gives an error, which never quotes the row,
// because it may contain a prompt.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type CsvError, parse } from 'csv-parse'
import { RouterError } from '../errors.ts'
import type { FoundRow } from './import-row.ts'

export const FEEDBACK_FORMATS = ['jsonl', 'csv'] as const
export type FeedbackFormat = (typeof FEEDBACK_FORMATS)[number]

/** @throws RouterError `invalid_request` for other file extensions */
export const feedbackFormatOf = (path: string): FeedbackFormat => {
  if (/\.(?:jsonl|ndjson)$/i.test(path)) return 'jsonl'
  if (/\.csv$/i.test(path)) return 'csv'
  throw new RouterError(
    'invalid_request',
    `The format of ${path} does not follow from its name; pass --format with one of ${FEEDBACK_FORMATS.join(', ')}.`,
  )
}

async function* jsonRows(path: string): AsyncGenerator<FoundRow> {
  const input = createReadStream(path, 'utf8')
  let line = 0
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    const json = line === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text
    if (json.trim() === '') continue
    try {
      yield { line, value: JSON.parse(json) as unknown }
    } catch {
      yield { line, error: 'is not valid JSON' }
    }
  }
}

interface CsvRecord {
  record: string[]
  /** `lines` is the line that the record ends on. */
  info: { lines: number }
}

async function* csvRows(path: string): AsyncGenerator<FoundRow> {
  const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true }
  const input = createReadStream(path)
  const parser = parse(options)
  input.on('error', (error) => parser.destroy(error))
  let header: string[] | null = null
  let line = 1
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<CsvRecord>) {
      const inside = record.reduce((sum, field) => sum + field.split('\n').length - 1, 0)
      line = info.lines - inside
      if (header === null) header = record.map((name) => name.trim())
      else if (record.length === header.length) {
        yield { line, value: Object.fromEntries(header.map((name, i) => [name, record[i]])) }
      } else yield { line, error: `has ${record.length} fields, the header ${header.length}` }
    }
  } catch (error) {
    const { code, lines } = error as CsvError & { lines?: number }
    if (!String(code).startsWith('CSV_')) throw error
    // After an unclosed quote the rest of the file cannot be parsed.
    yield { line: lines ?? line, error: `is not valid CSV (${code}); nothing after it was read` }
  }
}

/** @throws RouterError `not_found` where the file cannot be read */
export async function* readFeedbackFile(
  path: string,
  format: FeedbackFormat,
): AsyncGenerator<FoundRow> {
  try {
    yield* format === 'csv' ? csvRows(path) : jsonRows(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EISDIR' && code !== 'EACCES') throw error
    throw new RouterError('not_found', `${path} cannot be read (${code}).`, { cause: error })
  }
}
