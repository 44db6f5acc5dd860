// Takes lines out of training-data/<route>.jsonl: the file is written anew beside it and renamed, so that it is whole at any moment.
import { chmod, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Exemplar } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { syncFolder, writeDurably } from '../../vector-index/durable.ts'
import { exemplarId, exemplarLineSchema } from './exemplar-line.ts'
import { HELD_OUT_FILE } from './exemplars.ts'

/** A line of a route's file. Where two lines are the same, `line` says which is meant. */
export interface ExemplarLine {
  route: string
  id: string
  /** 1-based; absent: every line of this id. */
  line?: number
}

/** What of a line is read again; `readLine` gives its JSON. */
export type LineFields = Pick<Exemplar, 'text'> & { source?: Exemplar['source']; id?: string }

export const exemplarOf = (
  { text, source = 'seed' }: LineFields,
  { id, route }: ExemplarLine,
): Exemplar => ({ id, route, text, source })

const ROUTE_FILE = /^[\w-]{1,64}$/

const idOf = (line: string): string | null => {
  try {
    const { data } = exemplarLineSchema.safeParse(JSON.parse(line.replace(/^\uFEFF/, '')))
    return data ? (data.id ?? exemplarId(data)) : null
  } catch {
    return null
  }
}

const noLine = ({ id, route, line }: ExemplarLine): RouterError =>
  new RouterError(
    'not_found',
    line === undefined
      ? `${route}.jsonl has no line of exemplar ${id}. One that came from votes has none: quarantine it instead.`
      : `Line ${line} of ${route}.jsonl is not exemplar ${id} any more; check the training data again.`,
  )

const fileOf = (dir: string, { route }: ExemplarLine): string => {
  const name = `${route}.jsonl`
  if (ROUTE_FILE.test(route) && name !== HELD_OUT_FILE) return join(dir, name)
  throw new RouterError('route_not_found', `There is no file of exemplars of "${route}".`)
}

const read = (path: string, wanted: ExemplarLine): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? noLine(wanted) : error
  })

interface FoundLines {
  path: string
  /** Of the whole file. */
  lines: string[]
  /** Positions in `lines` of each line that is there. */
  places: Map<ExemplarLine, number[]>
}

const placesById = (lines: readonly string[]): Map<string, number[]> => {
  const places = new Map<string, number[]>()
  for (const [i, text] of lines.entries()) {
    const id = text.trim() === '' ? null : idOf(text)
    if (id !== null) places.set(id, [...(places.get(id) ?? []), i])
  }
  return places
}

/** @param wanted lines of one route, at least one */
const find = async (dir: string, wanted: readonly ExemplarLine[]): Promise<FoundLines> => {
  const first = wanted[0] as ExemplarLine
  const path = fileOf(dir, first)
  const lines = (await read(path, first)).split('\n')
  const byId = placesById(lines)
  const places = new Map<ExemplarLine, number[]>()
  for (const one of wanted) {
    const found = (byId.get(one.id) ?? []).filter(
      (i) => one.line === undefined || one.line === i + 1,
    )
    if (found.length > 0) places.set(one, found)
  }
  return { path, lines, places }
}

/**
 * Lines of one route as they stand, as JSON; `missing` are those that are not there.
 * @throws RouterError `route_not_found`, `not_found` where the route has no file
 */
export const readLines = async (dir: string, wanted: readonly ExemplarLine[]) => {
  const { lines, places } = await find(dir, wanted)
  const texts = new Map<ExemplarLine, string>()
  for (const [line, [at]] of places) {
    texts.set(line, (lines[at as number] as string).replace(/^\uFEFF/, ''))
  }
  const missing = wanted.filter((line) => !places.has(line))
  return { texts, missing: missing.map((line) => ({ line, error: noLine(line) })) }
}

/** The line as it stands, as JSON. @throws RouterError `not_found` where there is no such line */
export const readLine = async (dir: string, wanted: ExemplarLine): Promise<string> => {
  const { texts, missing } = await readLines(dir, [wanted])
  if (missing[0]) throw missing[0].error
  return texts.get(wanted) as string
}

/**
 * Removes lines of one route, all or none, and returns once that is on disk.
 * @throws RouterError `not_found` where there is no such line, `invalid_request` where the file changed meanwhile
 */
export const removeLines = async (dir: string, wanted: readonly ExemplarLine[]): Promise<void> => {
  const { path, lines, places } = await find(dir, wanted)
  const absent = wanted.find((line) => !places.has(line))
  if (absent) throw noLine(absent)
  const taken = new Set([...places.values()].flat())
  const { mode } = await stat(path)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeDurably(temporary, lines.filter((_, i) => !taken.has(i)).join('\n'))
    await chmod(temporary, mode)
    // A command may have appended meanwhile, which must not be lost.
    if ((await stat(path)).size !== Buffer.byteLength(lines.join('\n'))) {
      throw new RouterError('invalid_request', `${path} changed meanwhile; try again.`)
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dir)
}

/** @throws as `removeLines` */
export const removeLine = (dir: string, wanted: ExemplarLine): Promise<void> =>
  removeLines(dir, [wanted])
