// The index folder: lists generations, reads and sets the current one, removes old ones.
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RouterError } from '../errors.ts'
import { FOLDER_MODE, syncFolder, writeDurably } from './durable.ts'
import { readManifest, verifyGeneration } from './generation-check.ts'
import {
  CURRENT,
  generationFolder,
  generationName,
  generationNumber,
  temporaryOwner,
  temporaryPath,
} from './generation-name.ts'
import { isWriterAlive } from './writer-tag.ts'

const unlessMissing =
  <T>(fallback: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return fallback
    throw error
  }

/** Generation numbers in `dir`, ascending, verified or not; none where the folder does not exist. */
export const listGenerations = async (dir: string): Promise<number[]> => {
  const names = await readdir(dir).catch(unlessMissing<string[]>([]))
  return names
    .map(generationNumber)
    .filter((number) => number !== null)
    .sort((a, b) => a - b)
}

/**
 * The number that the pointer names, or null where there is no pointer.
 * @throws RouterError `index_invalid` where the pointer is not one generation name.
 */
export const currentGeneration = async (dir: string): Promise<number | null> => {
  const pointer = await readFile(join(dir, CURRENT), 'utf8').catch(unlessMissing(null))
  if (pointer === null) return null
  const number = generationNumber(pointer.trim())
  if (number !== null) return number
  throw new RouterError('index_invalid', 'The pointer file `current` names no index generation.')
}

/**
 * Makes generation `number` the current one; servers notice and swap. The pointer is replaced by one rename, so that readers see the
 * old or the new value.
 * @throws RouterError `index_invalid` where the generation does not verify; the pointer is then unchanged.
 */
export const setCurrent = async (dir: string, number: number): Promise<void> => {
  await verifyGeneration(dir, number)
  const temporary = temporaryPath(dir, CURRENT)
  try {
    await writeDurably(temporary, `${generationName(number)}\n`)
    await rename(temporary, join(dir, CURRENT))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dir)
}

/** Renames the folder before deleting it, so that a generation exists completely or not at all. */
export const removeGeneration = async (dir: string, number: number): Promise<void> => {
  const doomed = temporaryPath(dir, 'prune')
  await rename(generationFolder(dir, number), doomed)
  await rm(doomed, { recursive: true, force: true })
}

export interface PruneOptions {
  /** Never removed, in addition to the current one and its parent: the arms. */
  protect?: readonly number[]
  /** Kept while below `max`: generations that stored decisions refer to. */
  referenced?: readonly number[]
  /** Total number of generations; above it the oldest referenced ones are removed first. Absent: no limit. */
  max?: number
}

/** The newest of `wanted` that fit below `max` beside `taken` others. */
const asFarAsThereIsRoom = (wanted: number[], taken: number, max: number): number[] =>
  wanted.slice(Math.max(0, wanted.length - Math.max(0, max - taken)))

/**
 * Removes all but the newest `keep` generations, the current one, its parent (the way back), and what `options` names.
 * Returns what it removed.
 * @throws RouterError `index_invalid`, having removed nothing, where the current manifest cannot be read.
 */
export const pruneGenerations = async (
  dir: string,
  keep: number,
  options: PruneOptions = {},
): Promise<number[]> => {
  const { protect = [], referenced = [], max = Number.POSITIVE_INFINITY } = options
  const numbers = await listGenerations(dir)
  const current = await currentGeneration(dir)
  const kept = new Set(protect)
  if (current !== null) {
    kept.add(current)
    const { parentGeneration } = await readManifest(dir, current)
    if (parentGeneration !== null) kept.add(parentGeneration)
  }
  for (const number of numbers.slice(Math.max(0, numbers.length - keep))) kept.add(number)
  const taken = numbers.filter((number) => kept.has(number)).length
  const needed = new Set(referenced)
  const further = numbers.filter((number) => needed.has(number) && !kept.has(number))
  for (const number of asFarAsThereIsRoom(further, taken, max)) kept.add(number)
  const removed = numbers.filter((number) => !kept.has(number))
  for (const number of removed) await removeGeneration(dir, number)
  if (removed.length > 0) await syncFolder(dir)
  return removed
}

/** Removes unfinished work of dead processes. @returns the removed names */
export const sweepOrphans = async (dir: string): Promise<string[]> => {
  await mkdir(dir, { recursive: true, mode: FOLDER_MODE })
  const orphans = (await readdir(dir)).filter((name) => {
    const owner = temporaryOwner(name)
    return owner !== null && !isWriterAlive(owner)
  })
  for (const name of orphans) await rm(join(dir, name), { recursive: true, force: true })
  return orphans
}
