// What was edited in the training data, one JSON line an edit, beside the generations: so a restarted server still knows what the
// serving generation was built without. The text of a removed exemplar is not kept, nor that of earlier edits of it.
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Logger } from '../../core/logger.ts'
import type { Exemplar } from '../../core/types.ts'
import { FILE_MODE, FOLDER_MODE } from '../../vector-index/durable.ts'

export type ExemplarEdit = { atMs: number } & (
  | { kind: 'added'; exemplar: Exemplar }
  | { kind: 'removed'; exemplar: Exemplar }
  | { kind: 'moved'; exemplar: Exemplar; to: Exemplar }
)

export interface EditJournal {
  /** The newest first. */
  readonly edits: readonly ExemplarEdit[]
  /** In the order in which they were made. A line that cannot be written is logged: the edit itself is done. */
  append(made: readonly ExemplarEdit[]): Promise<void>
}

export const EDITS_FILE = 'edits.jsonl'

const MOST_KEPT = 500

const exemplarSchema = z.looseObject({
  id: z.string(),
  text: z.string(),
  route: z.string(),
  source: z.enum(['seed', 'import', 'feedback']),
}) as unknown as z.ZodType<Exemplar>

const editSchema: z.ZodType<ExemplarEdit> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('added'), atMs: z.number(), exemplar: exemplarSchema }),
  z.object({ kind: z.literal('removed'), atMs: z.number(), exemplar: exemplarSchema }),
  z.object({
    ...{ kind: z.literal('moved'), atMs: z.number() },
    ...{ exemplar: exemplarSchema, to: exemplarSchema },
  }),
])

/** A line that a crash truncated is left out. */
const editsIn = (text: string): ExemplarEdit[] =>
  text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [editSchema.parse(JSON.parse(line))]
    } catch {
      return []
    }
  })

const lineOf = (edit: ExemplarEdit): string => `${JSON.stringify(edit)}\n`

const textless = (exemplar: Exemplar): Exemplar => ({ ...exemplar, text: '' })

/** The newest first, in and out: without the text of those that were removed, in that edit and earlier ones. */
const withoutRemoved = (edits: readonly ExemplarEdit[]): ExemplarEdit[] => {
  const removed = new Set<string>()
  return edits.map((edit) => {
    if (edit.kind === 'removed') removed.add(edit.exemplar.text)
    if (!removed.has(edit.exemplar.text)) return edit
    const exemplar = textless(edit.exemplar)
    return edit.kind === 'moved'
      ? { ...edit, exemplar, to: textless(edit.to) }
      : { ...edit, exemplar }
  })
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })

/** The newest first, in and out. Two moves of one exemplar are one, or none where it went back. */
export const netEdits = (edits: readonly ExemplarEdit[]): ExemplarEdit[] => {
  const net: ExemplarEdit[] = []
  for (const edit of edits.toReversed()) {
    if (edit.kind !== 'moved') {
      net.unshift(edit)
      continue
    }
    const { exemplar, to } = edit
    const at = net.findIndex(
      (one) => one.kind === 'moved' && one.to.id === exemplar.id && one.to.route === exemplar.route,
    )
    const [first] = at === -1 ? [] : net.splice(at, 1)
    const from = first?.exemplar ?? exemplar
    if (from.route !== to.route) net.unshift({ ...edit, exemplar: from })
  }
  return net
}

/** @param edits the newest first */
const writeAnew = async (file: string, edits: readonly ExemplarEdit[]): Promise<void> => {
  const lines = edits.toReversed().map(lineOf).join('')
  await writeFile(`${file}.new`, lines, { mode: FILE_MODE, flush: true })
  await rename(`${file}.new`, file)
}

/** @throws the file system's error where there is a journal that cannot be read */
export const openEditJournal = async (dir: string, logger: Logger): Promise<EditJournal> => {
  const file = join(dir, EDITS_FILE)
  const known = editsIn(await readText(file))
  const edits = known.slice(-MOST_KEPT).reverse()
  // Only the newest stay: a journal that has grown is written anew.
  if (known.length > MOST_KEPT) await writeAnew(file, edits)
  return {
    edits,
    append: async (made) => {
      if (made.length === 0) return
      edits.unshift(...made.toReversed())
      edits.splice(MOST_KEPT)
      try {
        await mkdir(dir, { recursive: true, mode: FOLDER_MODE })
        if (made.some(({ kind }) => kind === 'removed'))
          await writeAnew(file, withoutRemoved(edits))
        else await appendFile(file, made.map(lineOf).join(''), { mode: FILE_MODE, flush: true })
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        logger.warn({ code }, 'an edit of the training data is done, and was not noted')
      }
    },
  }
}
