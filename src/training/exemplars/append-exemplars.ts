// Appends lines to training-data/<route>.jsonl, all or none: a failed write is truncated again. One write call per file with
// O_APPEND, so that two commands at the same time cannot interleave within a line.
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Exemplar } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { exemplarToLine } from './exemplar-line.ts'

interface Opened {
  handle: FileHandle
  sizeBefore: number
}

const endsInNewline = async (handle: FileHandle, size: number): Promise<boolean> => {
  if (size === 0) return true
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === 0x0a
}

const appendTo = async ({ handle, sizeBefore }: Opened, lines: string): Promise<void> => {
  const prefix = (await endsInNewline(handle, sizeBefore)) ? '' : '\n'
  const bytes = Buffer.from(prefix + lines)
  const { bytesWritten } = await handle.write(bytes)
  if (bytesWritten !== bytes.length)
    throw new Error('The file system wrote only a part of the data.')
  await handle.sync()
}

const fsyncFolder = async (dir: string): Promise<void> => {
  const folder = await open(dir, 'r')
  await folder.sync().finally(() => folder.close())
}

/** Refuses the folder inside the installed package: the next install would replace it, with all additions. */
export const refuseInstalled = (dir: string): void => {
  if (!dir.split(sep).includes('node_modules')) return
  throw new RouterError(
    'invalid_config',
    `The training data in ${dir} came with the package, and the next install replaces it. Make a folder of your own where the server runs, by: mkdir training-data (to begin with none) or cp -r ${dir} . (to begin with these).`,
    { param: 'training_data' },
  )
}

/**
 * Appends exemplars to their routes' files, creating what is missing, and returns once they are on disk.
 * @returns the written paths
 * @throws as `appendLines`
 */
export const appendExemplars = (dir: string, exemplars: Exemplar[]): Promise<string[]> => {
  const byRoute = new Map<string, string>()
  for (const exemplar of exemplars) {
    byRoute.set(exemplar.route, (byRoute.get(exemplar.route) ?? '') + exemplarToLine(exemplar))
  }
  return appendLines(dir, byRoute)
}

/**
 * Appends lines to the files of routes, creating what is missing, and returns once they are on disk.
 * @param byRoute whole lines of each route, each with its newline
 * @returns the paths written to.
 * @throws RouterError `invalid_config` for the folder that npm installed
 * @throws the file system's error; the files are then as they were.
 */
export const appendLines = async (
  dir: string,
  byRoute: ReadonlyMap<string, string>,
): Promise<string[]> => {
  refuseInstalled(dir)
  await mkdir(dir, { recursive: true })
  const opened: Opened[] = []
  try {
    for (const [route, lines] of byRoute) {
      const handle = await open(join(dir, `${route}.jsonl`), 'a+')
      const file = { handle, sizeBefore: (await handle.stat()).size }
      opened.push(file)
      await appendTo(file, lines)
    }
    await fsyncFolder(dir)
  } catch (error) {
    await Promise.all(opened.map(({ handle, sizeBefore }) => handle.truncate(sizeBefore)))
    throw error
  } finally {
    await Promise.all(opened.map(({ handle }) => handle.close()))
  }
  return [...byRoute.keys()].map((route) => join(dir, `${route}.jsonl`))
}
