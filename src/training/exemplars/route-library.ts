// The shipped exemplars as a library for new routes: a few own prompts show what is particular about a route, the library adds how
// people usually ask for its kind of task. Copied lines keep their style and language, and name their origin.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { appendLines } from './append-exemplars.ts'
import { exemplarLineSchema, textKey } from './exemplar-line.ts'
import { HELD_OUT_FILE, loadExemplars } from './exemplars.ts'
import { jsonLines } from './json-lines.ts'

/** Folder of the shipped exemplars, and the version of the program that ships them. */
export interface RouteLibrary {
  folder: string
  version: string
}

export interface LibraryCopy {
  library: RouteLibrary
  /** Route of the library to copy. */
  like: string
  /** Own route that gets its exemplars. */
  route: string
  /** Folder of the own exemplars, and the configured routes. */
  trainingDir: string
  configured: readonly string[]
}

const EXTENSION = '.jsonl'

/** Names of the library's routes. */
export const libraryRoutes = async ({ folder }: RouteLibrary): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith(EXTENSION) && name !== HELD_OUT_FILE)
    .map((name) => name.slice(0, -EXTENSION.length))
    .filter((name) => name !== NONE_ROUTE)
    .sort()

/** @throws RouterError `invalid_request` where the route cannot be copied, before anything is written */
export const checkLibraryRoute = async ({
  library,
  like,
  configured,
}: Pick<LibraryCopy, 'library' | 'like' | 'configured'>): Promise<void> => {
  const known = await libraryRoutes(library)
  if (!known.includes(like)) {
    throw new RouterError(
      'invalid_request',
      `The library has no route "${like}"; it has ${known.join(', ')}.`,
      { param: 'like' },
    )
  }
  if (!configured.includes(like)) return
  throw new RouterError(
    'invalid_request',
    `${like} is configured itself, and one exemplar cannot belong to two routes. Remove the route ${like}, or write exemplars for the new one.`,
    { param: 'like' },
  )
}

/** Texts that the folder already has for configured routes. */
const knownTexts = async ({ trainingDir, configured }: LibraryCopy): Promise<Set<string>> => {
  if (!existsSync(trainingDir)) return new Set()
  const exemplars = await loadExemplars(trainingDir, configured)
  return new Set(exemplars.map(({ text }) => textKey(text)))
}

/**
 * Appends the library's exemplars of `like` to the file of `route`, except texts that the folder already has.
 * @returns the number of added exemplars
 * @throws RouterError `invalid_request` as `checkLibraryRoute`, `invalid_exemplar`, or as `appendLines`
 */
export const copyFromLibrary = async (copy: LibraryCopy): Promise<number> => {
  await checkLibraryRoute(copy)
  const { library, like, route, trainingDir } = copy
  const known = await knownTexts(copy)
  const content = await readFile(join(library.folder, `${like}${EXTENSION}`), 'utf8')
  const lines: string[] = []
  for (const line of jsonLines(content)) {
    const parsed = 'error' in line ? null : exemplarLineSchema.safeParse(line.value)
    if (!parsed?.success || known.has(textKey(parsed.data.text))) continue
    const { id: _id, ...own } = parsed.data
    lines.push(`${JSON.stringify({ ...own, route, library: `${like}@${library.version}` })}\n`)
  }
  if (lines.length > 0) await appendLines(trainingDir, new Map([[route, lines.join('')]]))
  return lines.length
}
