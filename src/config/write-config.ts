// Writes the configuration's file atomically.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RouterError } from '../errors.ts'

const MODE = 0o644

const errnoOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error'

const writeDraft = async (draft: string, text: string, mode: number): Promise<void> => {
  const handle = await open(draft, 'wx', mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const replaceFile = async (target: string, text: string): Promise<void> => {
  const mode = existsSync(target) ? (await stat(target)).mode & 0o777 : MODE
  const draft = `${target}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeDraft(draft, text, mode)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  const folder = await open(dirname(target), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Writes through a symbolic link, and keeps the file's mode.
 * @throws RouterError `store_unavailable` where the file cannot be written; it is as it was.
 */
export const writeConfigFile = async (path: string, text: string): Promise<void> => {
  try {
    const target = existsSync(path) ? await realpath(path) : path
    await replaceFile(target, text).catch((error: unknown) => {
      // A file that is mounted into a container by itself can be written, but not replaced.
      if (errnoOf(error) !== 'EBUSY') throw error
      return writeFile(target, text)
    })
  } catch (error) {
    const message = `${path} cannot be written (${errnoOf(error)}); the configuration is unchanged.`
    throw new RouterError('store_unavailable', message, { cause: error, isRetryable: false })
  }
}
