// Reads training-data/<route>.jsonl, the curated exemplars that every build starts from. All files of configured routes are checked
// before any is used, and the error lists every bad line. Files of other routes are not read (left-out.ts lists them).
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Exemplar, NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { exemplarId, exemplarLineSchema } from './exemplar-line.ts'
import { jsonLines } from './json-lines.ts'

export const HELD_OUT_FILE = 'held-out.jsonl'
const MAX_PROBLEMS_SHOWN = 10

/** An exemplar and its file and line, e.g. `training-data/code.jsonl:7`. */
export interface LocatedExemplar extends Exemplar {
  location: string
  /** Whether it was copied from the library of shipped exemplars. */
  isLibrary: boolean
}

interface Problem {
  location: string
  message: string
}

const invalid = (problems: Problem[]): RouterError => {
  const shown = problems.slice(0, MAX_PROBLEMS_SHOWN).map((p) => `${p.location}: ${p.message}`)
  const rest = problems.length - shown.length
  if (rest > 0) shown.push(`… and ${rest} more`)
  return new RouterError('invalid_exemplar', shown.join('\n'), { details: { problems } })
}

type ReadExemplar = Omit<LocatedExemplar, 'location'>

const parseLine = (value: unknown, fileRoute: string): ReadExemplar | string => {
  const parsed = exemplarLineSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const key = issue?.path.join('.')
    return `${key ? `"${key}" ` : ''}${issue?.message ?? 'is invalid'}; expected {"text": "…", "route": "${fileRoute}"}`
  }
  const { text, route, source = 'seed', id = exemplarId({ route, text }), library } = parsed.data
  if (route !== fileRoute) {
    return `"route" is "${route}", but this file holds exemplars of "${fileRoute}"; move the line to ${route}.jsonl or correct its route`
  }
  return { id, text, route, source, isLibrary: library !== undefined }
}

const readRouteFile = async (dir: string, fileName: string, problems: Problem[]) => {
  const path = join(dir, fileName)
  const fileRoute = fileName.slice(0, -'.jsonl'.length)
  const exemplars: LocatedExemplar[] = []
  for (const line of jsonLines(await readFile(path, 'utf8'))) {
    const location = `${path}:${line.number}`
    const parsed =
      'error' in line
        ? `${line.error}; expected {"text": "…", "route": "${fileRoute}"}`
        : parseLine(line.value, fileRoute)
    if (typeof parsed === 'string') problems.push({ location, message: parsed })
    else exemplars.push({ ...parsed, location })
  }
  return exemplars
}

const findDuplicates = (exemplars: LocatedExemplar[]): Problem[] => {
  const problems: Problem[] = []
  const byText = new Map<string, LocatedExemplar>()
  const byId = new Map<string, LocatedExemplar>()
  for (const exemplar of exemplars) {
    const { location } = exemplar
    const twin = byText.get(exemplar.text.trim())
    const namesake = byId.get(exemplar.id)
    if (twin) {
      const routes =
        twin.route === exemplar.route ? '' : ` (routes ${twin.route}, ${exemplar.route})`
      problems.push({
        location,
        message: `has the same text as ${twin.location}${routes}; keep one of the two`,
      })
    } else if (namesake) {
      problems.push({
        location,
        message: `has the same id "${exemplar.id}" as ${namesake.location}; ids must be unique`,
      })
    }
    byText.set(exemplar.text.trim(), exemplar)
    byId.set(exemplar.id, exemplar)
  }
  return problems
}

const listFiles = async (dir: string): Promise<string[]> => {
  try {
    const names = await readdir(dir)
    return names.filter((name) => name.endsWith('.jsonl') && name !== HELD_OUT_FILE).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new RouterError(
      'invalid_exemplar',
      `The training data folder ${dir} cannot be read; expected a folder of <route>.jsonl files.`,
      { cause: error },
    )
  }
}

/**
 * All curated exemplars of a folder, in the order of file names and lines; none for a folder that does not exist.
 * @param routes configured routes; `none` is always allowed besides.
 * @throws RouterError `invalid_exemplar` naming file, line and remedy of each problem
 */
export const loadExemplars = async (
  dir: string,
  routes: Iterable<string>,
): Promise<LocatedExemplar[]> => {
  const allowed = new Set([...routes, NONE_ROUTE])
  const problems: Problem[] = []
  const exemplars: LocatedExemplar[] = []
  for (const fileName of await listFiles(dir)) {
    if (!allowed.has(fileName.slice(0, -'.jsonl'.length))) continue
    exemplars.push(...(await readRouteFile(dir, fileName, problems)))
  }
  problems.push(...findDuplicates(exemplars))
  if (problems.length > 0) throw invalid(problems)
  return exemplars
}

/**
 * Rows of held-out.jsonl that belong to configured routes or to `none`; null where the folder has no such file.
 * @throws RouterError `invalid_exemplar`
 */
export const loadHeldOut = async (
  dir: string,
  routes: Iterable<string>,
): Promise<{ text: string; route: string }[] | null> => {
  const path = join(dir, HELD_OUT_FILE)
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new RouterError('invalid_exemplar', `${path} cannot be read.`, { cause: error })
  })
  if (content === null) return null
  const allowed = new Set([...routes, NONE_ROUTE])
  const problems: Problem[] = []
  const rows: { text: string; route: string }[] = []
  for (const line of jsonLines(content)) {
    const location = `${path}:${line.number}`
    const parsed = 'error' in line ? null : exemplarLineSchema.safeParse(line.value)
    if (!parsed?.success) {
      const message = 'error' in line ? line.error : parsed?.error.issues[0]?.message
      problems.push({ location, message: `${message}; expected {"text": "…", "route": "…"}` })
    } else if (allowed.has(parsed.data.route)) {
      rows.push({ text: parsed.data.text, route: parsed.data.route })
    }
  }
  if (problems.length > 0) throw invalid(problems)
  return rows
}
