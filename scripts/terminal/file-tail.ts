// Follows a growing file line by line. A renamed file (rotation) is read to its end before the next of its name; a truncated
// file is read from its start. The caller polls; nothing here waits.
import { type FileHandle, open, stat } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'

export interface FileTail {
  /** The whole lines that have come since the last reading; of the first, those of the file's end. */
  read(): Promise<string[]>
  close(): Promise<void>
}

/** Of what is there already; a line is cut off where it begins before. */
const MAX_BACK_BYTES = 8 * 1024 * 1024
const CHUNK_BYTES = 256 * 1024
/** Longer lines are skipped: they are not log lines. */
const MAX_LINE_CHARS = 1024 * 1024

interface Opened {
  handle: FileHandle
  inode: bigint
  position: number
  decoder: StringDecoder
  /** A line that has not ended yet; null while the rest of one is passed over. */
  rest: string | null
}

const openAt = async (path: string, isFirst: boolean): Promise<Opened | null> => {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !isFirst) return null // between two of a rotation
    throw error
  })
  if (handle === null) return null
  const { ino: inode, size } = await handle.stat({ bigint: true })
  const position = isFirst ? Math.max(0, Number(size) - MAX_BACK_BYTES) : 0
  const decoder = new StringDecoder('utf8')
  return { handle, inode, position, decoder, rest: position > 0 ? null : '' }
}

/** Whole lines of what is behind the position. */
const readOn = async (file: Opened): Promise<string[]> => {
  const lines: string[] = []
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (;;) {
    const { bytesRead } = await file.handle.read(chunk, 0, CHUNK_BYTES, file.position)
    if (bytesRead === 0) return lines
    file.position += bytesRead
    const [head = '', ...tail] = file.decoder.write(chunk.subarray(0, bytesRead)).split('\n')
    const first = file.rest === null ? null : file.rest + head
    if (tail.length === 0) {
      file.rest = first === null || first.length > MAX_LINE_CHARS ? null : first
      continue
    }
    if (first !== null) lines.push(first)
    file.rest = tail.pop() ?? ''
    for (const line of tail) lines.push(line)
  }
}

const isCut = async ({ handle, position }: Opened): Promise<boolean> =>
  (await handle.stat()).size < position

const isReplaced = async (path: string, { inode }: Opened): Promise<boolean> => {
  const now = await stat(path, { bigint: true }).catch(() => null)
  return now !== null && now.ino !== inode
}

/** @throws the system's error where the file cannot be read at the first reading */
export const createFileTail = (path: string): FileTail => {
  let file: Opened | null = null
  let isFirst = true
  const next = async (): Promise<void> => {
    await file?.handle.close()
    file = await openAt(path, isFirst)
    isFirst = false
  }
  return {
    read: async () => {
      if (file === null) await next()
      if (file === null) return []
      if (await isCut(file)) Object.assign(file, { position: 0, rest: '' })
      const lines = await readOn(file)
      if (!(await isReplaced(path, file))) return lines
      // What was written between the last reading and the renaming is still in the old one.
      lines.push(...(await readOn(file)))
      await next()
      return file === null ? lines : [...lines, ...(await readOn(file))]
    },
    close: async () => {
      await file?.handle.close()
      file = null
    },
  }
}
