// Labelled rows out of people's files: JSONL, CSV, and semantic-router's routes with utterances in JSON or YAML.
// Gives every row its line, and every bad row a reason; judging labels against the configuration is import-plan.ts's part.
import { RouterError } from '../../errors.ts'
import { parseCsvRows } from './import-csv.ts'
import { parseDocumentRows } from './import-document.ts'
import { collectRows, type ParsedRows, type RowKeys, rowOf } from './import-row.ts'
import { jsonLines } from './json-lines.ts'

export const IMPORT_FORMATS = ['jsonl', 'csv', 'json', 'yaml'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** Where rows have their text and their route unless told otherwise. */
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

/** The format that a file name's ending means. @throws RouterError `invalid_request` for another ending */
export const formatOfPath = (path: string): ImportFormat => {
  const format = EXTENSIONS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()]
  if (format) return format
  throw new RouterError(
    'invalid_request',
    `The format of ${path} does not follow from its name; pass --format with one of ${IMPORT_FORMATS.join(', ')}.`,
  )
}

/** All rows of a file's content. A file that is broken as a whole has one bad row that says where. */
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
