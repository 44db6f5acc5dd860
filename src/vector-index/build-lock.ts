// The build lock: one rebuild at a time. build.lock holds the tag of the building process. It is created by link(2), atomically with
// its content, and the lock of a dead process is taken over by at most one process: in a race both fail.
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RouterError } from '../errors.ts'
import { FILE_MODE, FOLDER_MODE } from './durable.ts'
import { temporaryPath } from './generation-name.ts'
import { isWriterAlive, ownTag, pidOfTag } from './writer-tag.ts'

export interface BuildLock {
  /** Idempotent; removes the lock only while it is this process's own. */
  release(): Promise<void>
}

const LOCK = 'build.lock'
const CLAIM = 'build.lock.claim-'

const errnoOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

const inProgress = (tag: string): RouterError => {
  const pid = pidOfTag(tag)
  return new RouterError(
    'build_in_progress',
    `Another rebuild is running in process ${pid ?? 'unknown'}; try again when it has ended.`,
    { details: { pid } },
  )
}

const readHolder = async (dir: string): Promise<string | null> => {
  try {
    return (await readFile(join(dir, LOCK), 'utf8')).trim()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Tries to create the lock. @returns whether it was free */
const tryLink = async (dir: string): Promise<boolean> => {
  const temporary = temporaryPath(dir, 'lock')
  await writeFile(temporary, `${ownTag()}\n`, { mode: FILE_MODE, flag: 'wx' })
  try {
    await link(temporary, join(dir, LOCK))
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Another live process that is taking the lock over, or null; claims of dead processes are removed (their names cannot recur). */
const otherClaimant = async (dir: string): Promise<string | null> => {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(CLAIM)) continue
    const tag = name.slice(CLAIM.length)
    if (tag === ownTag()) continue
    if (isWriterAlive(tag)) return tag
    await rm(join(dir, name), { force: true })
  }
  return null
}

/** Takes over the lock of a dead process. Each claimant announces itself before it checks for others, so that two cannot both win. */
const takeOver = async (dir: string): Promise<boolean> => {
  const claim = join(dir, `${CLAIM}${ownTag()}`)
  try {
    await writeFile(claim, '', { mode: FILE_MODE, flag: 'wx' })
  } catch (error) {
    // This process itself is already taking it over.
    if (errnoOf(error) === 'EEXIST') throw inProgress(ownTag())
    throw error
  }
  try {
    const other = await otherClaimant(dir)
    if (other !== null) throw inProgress(other)
    const holder = await readHolder(dir)
    if (holder !== null && isWriterAlive(holder)) throw inProgress(holder)
    await rm(join(dir, LOCK), { force: true })
    return await tryLink(dir)
  } finally {
    await rm(claim, { force: true })
  }
}

/**
 * Takes the build lock of `dir` (created where missing). A lock whose process is gone is taken over.
 * @throws RouterError `build_in_progress` with the holder's pid in the message and in `details.pid`.
 */
export const acquireBuildLock = async (dir: string): Promise<BuildLock> => {
  await mkdir(dir, { recursive: true, mode: FOLDER_MODE })
  if (!(await tryLink(dir))) {
    const holder = await readHolder(dir)
    if (holder !== null && isWriterAlive(holder)) throw inProgress(holder)
    if (!(await takeOver(dir))) throw inProgress((await readHolder(dir)) ?? '')
  }
  let isHeld = true
  const release = async (): Promise<void> => {
    if (!isHeld) return
    isHeld = false
    if ((await readHolder(dir)) === ownTag()) await rm(join(dir, LOCK), { force: true })
  }
  return { release }
}

/** @throws RouterError `build_in_progress` where a process that lives holds the lock; taking it may still fail. */
export const assertNotBuilding = async (dir: string): Promise<void> => {
  const holder = await readHolder(dir)
  if (holder !== null && isWriterAlive(holder)) throw inProgress(holder)
}
