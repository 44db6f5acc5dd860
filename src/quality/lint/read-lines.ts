// Training data as the linter reads it: a rebuild stops at the first bad line, this goes on and says what is wrong with each.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unknownRoute } from '../../core/suggest.ts'
import { NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { exemplarId, exemplarLineSchema } from '../../training/exemplars/exemplar-line.ts'
import { HELD_OUT_FILE } from '../../training/exemplars/exemplars.ts'
import { jsonLines } from '../../training/exemplars/json-lines.ts'
import type { Finding, LintRow } from './finding.ts'

export interface ReadLinesInput {
  dir: string
  /** The folder as findings name it. */
  shownDir: string
  routes: readonly string[]
  shape: (text: string) => { text: string; hasSignal: boolean; isTruncated?: boolean }
}

export interface ReadLines {
  rows: LintRow[]
  heldOut: LintRow[]
  findings: Finding[]
}

const REPLACE_LINE = 'Correct the line or remove it; a rebuild refuses the folder as it is.'

const invalidLine = (where: string, message: string, fix = REPLACE_LINE): Finding => ({
  rule: 'invalid-line',
  severity: 'error',
  route: null,
  message,
  where: [where],
  fix,
  figures: {},
})

const leftOutFile = (route: string, where: string, message: string): Finding => ({
  rule: 'unconfigured-file',
  severity: 'warning',
  route,
  message: `${message} A rebuild leaves the file out.`,
  where: [where],
  fix: `Configure the route (signalbox routes add ${route} --models MODEL), or rename or remove the file.`,
  figures: {},
})

/** The file's text; bytes that are no UTF-8 are a finding and become U+FFFD. */
const decode = (bytes: Uint8Array, shown: string, findings: Finding[]): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    findings.push({
      rule: 'encoding',
      severity: 'error',
      route: null,
      message: 'The file is not valid UTF-8.',
      where: [shown],
      fix: 'Save it as UTF-8, e.g.: iconv -f WINDOWS-1252 -t UTF-8',
      figures: {},
    })
    return new TextDecoder('utf-8').decode(bytes)
  }
}

const toRow = (value: unknown, location: string, input: ReadLinesInput): LintRow | string => {
  const parsed = exemplarLineSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const key = issue?.path.join('.')
    return `${key ? `"${key}" ` : ''}${issue?.message ?? 'is invalid'}`
  }
  const {
    text,
    route,
    id = exemplarId({ route, text }),
    style = null,
    language = null,
  } = parsed.data
  const { text: shaped, hasSignal, isTruncated = false } = input.shape(text)
  return { text, shaped, route, id, location, isCut: isTruncated, hasSignal, style, language }
}

const readFileRows = async (name: string, input: ReadLinesInput, findings: Finding[]) => {
  const shown = `${input.shownDir}/${name}`
  const allowed = new Set([...input.routes, NONE_ROUTE])
  const fileRoute = name === HELD_OUT_FILE ? null : name.slice(0, -'.jsonl'.length)
  const content = decode(await readFile(join(input.dir, name)), shown, findings)
  const rows: LintRow[] = []
  for (const line of jsonLines(content)) {
    const where = `${shown}:${line.number}`
    const row = 'error' in line ? line.error : toRow(line.value, where, input)
    if (typeof row === 'string') findings.push(invalidLine(where, `The line ${row}.`))
    else if (fileRoute !== null && row.route !== fileRoute) {
      const fix = `Move it to ${row.route}.jsonl or correct its route.`
      findings.push(invalidLine(where, `The line is of route "${row.route}".`, fix))
    } else if (!allowed.has(row.route) && fileRoute === null) {
      findings.push(invalidLine(where, unknownRoute(row.route, allowed)))
    } else rows.push(row)
  }
  return rows
}

/**
 * All lines that can be read, and a finding for each that cannot.
 * @throws RouterError `invalid_exemplar` where the folder cannot be read.
 */
export const readLines = async (input: ReadLinesInput): Promise<ReadLines> => {
  const names = await readdir(input.dir).catch((error: unknown) => {
    const message = `The training data folder ${input.dir} cannot be read; expected a folder of <route>.jsonl files.`
    throw new RouterError('invalid_exemplar', message, { cause: error })
  })
  const findings: Finding[] = []
  const allowed = new Set([...input.routes, NONE_ROUTE])
  const read: ReadLines = { rows: [], heldOut: [], findings }
  for (const name of names.filter((file) => file.endsWith('.jsonl')).sort()) {
    const route = name.slice(0, -'.jsonl'.length)
    if (name === HELD_OUT_FILE) read.heldOut = await readFileRows(name, input, findings)
    else if (allowed.has(route)) read.rows.push(...(await readFileRows(name, input, findings)))
    else {
      findings.push(leftOutFile(route, `${input.shownDir}/${name}`, unknownRoute(route, allowed)))
    }
  }
  return read
}
