// Two small files beside the database, each replaced atomically. store.json: facts of the database when last seen. store-loss.json: a
// detected loss, until an operator deletes the file or the database is back.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Loss, Marker } from './find-loss.ts'

const MARKER_FILE = 'store.json'
export const NOTICE_FILE = 'store-loss.json'

const markerSchema: z.ZodType<Marker> = z.object({
  storeId: z.string(),
  keys: z.int().nonnegative(),
  hasVotes: z.boolean(),
  hasDecisions: z.boolean(),
})

/** A loss found while the server runs is not written: the next start finds it by the marker. */
const noticeSchema: z.ZodType<Loss> = z.object({
  kind: z.enum(['damaged', 'missing', 'replaced', 'incomplete', 'removed']),
  message: z.string(),
  hadKeys: z.boolean(),
  storeId: z.string().nullable(),
})

export interface LossFiles {
  /** Null where it is missing or unreadable. */
  readMarker(): Promise<Marker | null>
  /** @throws what writing throws */
  writeMarker(marker: Marker): Promise<void>
  readNotice(): Promise<Loss | null>
  /** One stat, of some microseconds. */
  hasNotice(): boolean
  /** @throws what writing throws */
  writeNotice(loss: Loss): Promise<void>
  removeNotice(): Promise<void>
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const writeWhole = async (folder: string, name: string, value: object): Promise<void> => {
  const draft = join(folder, `${name}.${process.pid}.${randomBytes(4).toString('hex')}`)
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, join(folder, name))
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(folder)
}

const readAs = async <T>(file: string, schema: z.ZodType<T>): Promise<T | null> => {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

export const createLossFiles = (dataDir: string): LossFiles => {
  const notice = join(dataDir, NOTICE_FILE)
  return {
    readMarker: () => readAs(join(dataDir, MARKER_FILE), markerSchema),
    writeMarker: (marker) => writeWhole(dataDir, MARKER_FILE, marker),
    readNotice: () => readAs(notice, noticeSchema),
    hasNotice: () => existsSync(notice),
    writeNotice: (loss) => writeWhole(dataDir, NOTICE_FILE, loss),
    removeNotice: () => rm(notice, { force: true }),
  }
}
