// Finds training data of routes that are not configured, which is not trained on, and reports it in one line.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closestName } from '../../core/suggest.ts'
import { NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { exemplarLineSchema } from './exemplar-line.ts'
import { HELD_OUT_FILE } from './exemplars.ts'
import { jsonLines } from './json-lines.ts'

export interface LeftOut {
  /** Routes that have a file or held-out rows and are not configured, in alphabetical order. */
  routes: string[]
  /** Number of rows of held-out.jsonl that are not measured. */
  heldOutRows: number
  /** One line: what is left out, and how to include it. */
  message: string
}

const routeFiles = async (dir: string): Promise<string[]> => {
  const names = await readdir(dir).catch(() => [])
  return names
    .filter((name) => name.endsWith('.jsonl') && name !== HELD_OUT_FILE)
    .map((name) => name.slice(0, -'.jsonl'.length))
}

const heldOutRoutes = async (dir: string): Promise<string[]> => {
  const content = await readFile(join(dir, HELD_OUT_FILE), 'utf8').catch(() => '')
  return [...jsonLines(content)].flatMap((line) => {
    const parsed = 'error' in line ? null : exemplarLineSchema.safeParse(line.value)
    return parsed?.success ? [parsed.data.route] : []
  })
}

/** Probable misspellings: `smaltalk.jsonl` beside a configured `smalltalk` without a file. */
const misspelt = (leftOut: readonly string[], routes: string[], files: string[]): string[] => {
  const withoutFile = routes.filter((route) => !files.includes(route))
  return leftOut.flatMap((name) => {
    const meant = closestName(name, withoutFile)
    return meant === null ? [] : [` Did you mean "${meant}" by "${name}"?`]
  })
}

/** Null where everything in the folder belongs to configured routes. Unreadable files are refused by the loaders. */
export const findLeftOut = async (
  dir: string,
  configured: Iterable<string>,
): Promise<LeftOut | null> => {
  const routes = [...configured]
  const isLeftOut = (route: string) => route !== NONE_ROUTE && !routes.includes(route)
  const files = await routeFiles(dir)
  const rows = (await heldOutRoutes(dir)).filter(isLeftOut)
  const leftOut = [...new Set([...files.filter(isLeftOut), ...rows])].sort()
  if (leftOut.length === 0) return null
  const rowText = rows.length === 0 ? '' : ` (and ${rows.length} held-out rows)`
  const message = `Left out of training, because no such route is configured: ${leftOut.join(', ')}${rowText}. Configure one with: signalbox routes add ${leftOut[0]} --models MODEL.${misspelt(leftOut, routes, files).join('')}`
  return { routes: leftOut, heldOutRows: rows.length, message }
}

/** The error for a folder without exemplars of configured routes. */
export const noExemplars = (dir: string, leftOut: LeftOut | null): RouterError => {
  const more = leftOut === null ? '' : ` ${leftOut.message}`
  return new RouterError(
    'invalid_exemplar',
    `${dir} holds no exemplars of configured routes; add some with: signalbox add "text" --route ROUTE, or signalbox import FILE.${more}`,
  )
}
