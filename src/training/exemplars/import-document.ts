// JSON and YAML documents → rows: semantic-router's `[{name, utterances}]` or `{routes: [...]}`, or a list of {text, route}.
// Both are parsed as YAML (JSON is a subset), because that parser knows the line of each value.
import { isAlias, isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import {
  type BadRow,
  collectRows,
  type ParsedRows,
  type RawRow,
  type RowKeys,
  rowOf,
} from './import-row.ts'

const EXPECTED = 'expected a list of {name, utterances} or of {text, route}, or {routes: [...]}'

const readDocument = (content: string, format: 'json' | 'yaml') => {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, logLevel: 'silent' })
  const [error] = document.errors
  if (error)
    return { line: error.linePos?.[0].line ?? 1, reason: `is not valid ${format.toUpperCase()}` }
  if (format === 'json') {
    try {
      JSON.parse(content.replace(/^\uFEFF/, ''))
    } catch {
      return { line: 1, reason: 'is not valid JSON (it would be YAML: pass --format yaml)' }
    }
  }
  return { document, lines, reason: null }
}

/** Rows of one entry, or the reason why it has none. */
const rowsOfEntry = (entry: Entry, keys: RowKeys): (RawRow | BadRow)[] => {
  const { value, line, utterances } = entry
  if (!utterances) return [rowOf(value, line, keys)]
  const { name } = value as { name?: unknown }
  if (typeof name !== 'string') return [{ line, reason: 'has utterances but no "name"' }]
  return utterances.map((utterance) => ({ ...utterance, label: name }))
}

interface Entry {
  value: unknown
  line: number
  /** Null where the entry has no list of utterances. */
  utterances: { text: unknown; line: number }[] | null
}

/** Every row of a document, with the line of its text. */
export const parseDocumentRows = (
  content: string,
  format: 'json' | 'yaml',
  keys: RowKeys,
): ParsedRows => {
  const read = readDocument(content, format)
  if (read.reason !== null) return { rows: [], bad: [read] }
  const { document, lines } = read
  const lineOf = (node: unknown) => lines.linePos((node as Node)?.range?.[0] ?? 0).line
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node)
  const itemsOf = (node: unknown) => {
    const list = resolve(node)
    return isSeq(list) ? list.items : null
  }
  const root = document.contents
  const items = itemsOf(isMap(root) ? root.get('routes', true) : root)
  if (!items) return { rows: [], bad: [{ line: 1, reason: EXPECTED }] }
  const plain = (node: unknown): unknown => {
    const resolved = resolve(node)
    return (resolved as Node | undefined)?.toJS(document, { maxAliasCount: 100 }) ?? null
  }
  return collectRows(
    items.flatMap((item) => {
      const node = resolve(item)
      const utterances = isMap(node) ? itemsOf(node.get('utterances', true)) : null
      const entry: Entry = {
        value: plain(item),
        line: lineOf(item),
        utterances: utterances?.map((u) => ({ text: plain(u), line: lineOf(u) })) ?? null,
      }
      return rowsOfEntry(entry, keys)
    }),
  )
}
