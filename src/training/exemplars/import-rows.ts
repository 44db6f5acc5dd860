// Parses labelled rows of imported files: JSONL, CSV, and semantic-router's routes with utterances in JSON or YAML. Every row has its
// line, every bad row a reason; labels are checked against the configuration in import-plan.ts.
import { RouterError } from '../../errors.ts'
import { parseCsvRows } from './import-csv.ts'
import { parseDocumentRows } from './import-document.ts'
import { collectRows, type ParsedRows, type RowKeys, rowOf } from './import-row.ts'
import { jsonLines } from './json-lines.ts'

export const IMPORT_FORMATS = ['jsonl', 'csv', 'json', 'yaml'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** Default names of the columns for text and route. */
export const IMPORT_KEYS: RowKeys = {
  text: ['text', 'utterance', 'prompt'],
  label: ['route', 'label', 'intent'],
}

export interface ParseRowsOptions {
  format: ImportFormat
  keys?: RowKeys
}

const EXTENSIONS: Record<string, ImportFormat> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
}

/** The format by a file name's extension. @throws RouterError `invalid_request` for other extensions */
export const formatOfPath = (path: string): ImportFormat => {
  const format = EXTENSIONS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()]
  if (format) return format
  throw new RouterError(
    'invalid_request',
    `The format of ${path} does not follow from its name; pass --format with one of ${IMPORT_FORMATS.join(', ')}.`,
  )
}

/** All rows of a file's content. A file that cannot be parsed gives one bad row with the line. */
export const parseRows = (content: string, options: ParseRowsOptions): ParsedRows => {
  const { keys = IMPORT_KEYS } = options
  if (options.format === 'csv') return parseCsvRows(content, keys)
  if (options.format !== 'jsonl') return parseDocumentRows(content, options.format, keys)
  return collectRows(
    jsonLines(content).map((line) =>
      'error' in line
        ? { line: line.number, reason: line.error }
        : rowOf(line.value, line.number, keys),
    ),
  )
}
