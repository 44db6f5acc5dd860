// Takes a line out of training-data/<route>.jsonl: the file is written anew beside it and renamed, so that it is whole at any moment.
import { chmod, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
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

interface FoundLine {
  path: string
  content: string
  isMeant: (text: string, i: number) => boolean
  text: string
}

const find = async (dir: string, wanted: ExemplarLine): Promise<FoundLine> => {
  const path = fileOf(dir, wanted)
  const content = await read(path, wanted)
  const isMeant = (text: string, i: number): boolean =>
    (wanted.line === undefined || wanted.line === i + 1) &&
    text.trim() !== '' &&
    idOf(text) === wanted.id
  const text = content.split('\n').find(isMeant)
  if (text === undefined) throw noLine(wanted)
  return { path, content, isMeant, text }
}

/** The line as it stands, as JSON. @throws RouterError `not_found` where there is no such line */
export const readLine = async (dir: string, wanted: ExemplarLine): Promise<string> =>
  (await find(dir, wanted)).text.replace(/^\uFEFF/, '')

/**
 * Removes the line, and returns once that is on disk.
 * @throws RouterError `not_found` where there is no such line, `invalid_request` where the file changed meanwhile
 */
export const removeLine = async (dir: string, wanted: ExemplarLine): Promise<void> => {
  const { path, content, isMeant } = await find(dir, wanted)
  const { mode } = await stat(path)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const kept = content.split('\n').filter((text, i) => !isMeant(text, i))
    await writeDurably(temporary, kept.join('\n'))
    await chmod(temporary, mode)
    // A command may have appended meanwhile, which must not be lost.
    if ((await stat(path)).size !== Buffer.byteLength(content)) {
      throw new RouterError('invalid_request', `${path} changed meanwhile; try again.`)
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dir)
}
