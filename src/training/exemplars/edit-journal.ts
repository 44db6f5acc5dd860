// What was edited in the training data, one JSON line an edit, beside the generations: so a restarted server still knows what the
// serving generation was built without. The text of a removed exemplar is not kept.
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

const lineOf = (edit: ExemplarEdit): string => {
  const { exemplar } = edit
  const kept = edit.kind === 'removed' ? { ...edit, exemplar: { ...exemplar, text: '' } } : edit
  return `${JSON.stringify(kept)}\n`
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

/** Only the newest stay: a journal that has grown is written anew. */
const shorten = async (file: string, edits: readonly ExemplarEdit[]): Promise<void> => {
  await writeFile(`${file}.new`, edits.map(lineOf).join(''), { mode: FILE_MODE })
  await rename(`${file}.new`, file)
}

/** @throws the file system's error where there is a journal that cannot be read */
export const openEditJournal = async (dir: string, logger: Logger): Promise<EditJournal> => {
  const file = join(dir, EDITS_FILE)
  const known = editsIn(await readText(file))
  const edits = known.slice(-MOST_KEPT).reverse()
  if (known.length > MOST_KEPT) await shorten(file, edits.toReversed())
  return {
    edits,
    append: async (made) => {
      if (made.length === 0) return
      edits.unshift(...made.toReversed())
      edits.splice(MOST_KEPT)
      try {
        await mkdir(dir, { recursive: true, mode: FOLDER_MODE })
        await appendFile(file, made.map(lineOf).join(''), { mode: FILE_MODE, flush: true })
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        logger.warn({ code }, 'an edit of the training data is done, and was not noted')
      }
    },
  }
}
