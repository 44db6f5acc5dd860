// CSV with a header line → rows. Further columns are ignored, but every record must have as many fields as the header. The delimiter
// is detected from the header: comma, semicolon (spreadsheets with a decimal comma) or tab.
import { type CsvError, parse } from 'csv-parse/sync'
import {
  type BadRow,
  collectRows,
  type ParsedRows,
  type RawRow,
  type RowKeys,
  rowOf,
} from './import-row.ts'

interface CsvRecord {
  record: string[]
  /** `lines`: the line on which the record ends. */
  info: { lines: number }
}

const DELIMITERS = [',', ';', '\t']

const columnsOf = (header: CsvRecord | undefined): string[] =>
  header?.record.map((name) => name.trim()) ?? []

const lackingIn = (columns: string[], keys: RowKeys): readonly string[] | undefined =>
  [keys.text, keys.label].find((names) => !names.some((name) => columns.includes(name)))

const OPTIONS = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true }

/** The delimiter with which the header has the needed columns; the comma if there is none. */
const delimiterOf = (content: string, keys: RowKeys): string => {
  const isOfHeader = (delimiter: string): boolean => {
    const [header] = parse(content, { ...OPTIONS, delimiter, to: 1 }) as unknown as CsvRecord[]
    return lackingIn(columnsOf(header), keys) === undefined
  }
  return DELIMITERS.find(isOfHeader) ?? ','
}

const readRecords = (content: string, keys: RowKeys): CsvRecord[] | BadRow => {
  try {
    const options = { ...OPTIONS, delimiter: delimiterOf(content, keys) }
    return parse(content, options) as unknown as CsvRecord[]
  } catch (error) {
    const { code, lines } = error as CsvError & { lines?: number }
    return { line: lines ?? 1, reason: `is not valid CSV (${code})` }
  }
}

/** A vector in a cell is JSON; other content stays a string and is refused as a vector later. */
const parseCellVector = (row: RawRow): RawRow => {
  if (typeof row.vector !== 'string') return row
  try {
    return { ...row, vector: JSON.parse(row.vector) as unknown }
  } catch {
    return row
  }
}

const startLine = ({ record, info }: CsvRecord): number =>
  info.lines - record.reduce((sum, field) => sum + field.split('\n').length - 1, 0)

/** @returns one bad row for line 1 where the header lacks a needed column */
export const parseCsvRows = (content: string, keys: RowKeys): ParsedRows => {
  const records = readRecords(content, keys)
  if ('reason' in records) return { rows: [], bad: [records] }
  const [header, ...body] = records
  const columns = columnsOf(header)
  const lacking = lackingIn(columns, keys)
  if (lacking) {
    const reason = `the header has no column "${lacking.join('" or "')}"; it has: ${columns.join(', ')}`
    return { rows: [], bad: [{ line: 1, reason }] }
  }
  return collectRows(
    body.map((entry) => {
      const line = startLine(entry)
      const { record } = entry
      if (record.length !== columns.length) {
        return { line, reason: `has ${record.length} fields, the header ${columns.length}` }
      }
      const fields = columns.map((name, i) => [name, record[i]] as const)
      const row = rowOf(Object.fromEntries(fields), line, keys)
      return 'reason' in row ? row : parseCellVector(row)
    }),
  )
}
