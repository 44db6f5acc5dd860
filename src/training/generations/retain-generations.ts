// Removes generations after a rebuild. Erasure comes first: a generation that contains a forgotten prompt is removed even if it is
// referenced, unless it serves. Others are kept while they may be needed.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config/config-schema.ts'
import { endArm, readArms } from '../../vector-index/arms.ts'
import { EXEMPLARS, generationFolder } from '../../vector-index/generation-name.ts'
import {
  currentGeneration,
  listGenerations,
  pruneGenerations,
  removeGeneration,
} from '../../vector-index/generation-store.ts'
import { forgetInReports, forgetReportTexts } from './generation-report.ts'

const ID = /^\{"id":("(?:[^"\\]|\\.)*")/gm

/** Whether a generation has one of these exemplars; reads only ids, so that damaged lines hide nothing. */
const holdsAny = async (dir: string, number: number, ids: ReadonlySet<string>) => {
  const path = join(generationFolder(dir, number), EXEMPLARS)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  for (const [, id] of text.matchAll(ID)) if (ids.has(JSON.parse(id ?? '""') as string)) return true
  return false
}

const endArmsOf = async (dir: string, number: number, nowMs: number): Promise<void> => {
  const arms = await readArms(dir)
  for (const name of ['canary', 'shadow'] as const) {
    if (arms[name]?.generation !== number) continue
    const reason = 'It holds a prompt that was to be forgotten.'
    await endArm(dir, name, { author: 'signalbox', reason, nowMs })
  }
}

export interface Forgetting {
  removed: number[]
  /** True where the serving generation still contains one: it stays until the next one serves. */
  isInCurrent: boolean
}

/**
 * Removes forgotten exemplars from the reports, and the generations that contain one, except the current one.
 * @param fresh the generation that was built after they were forgotten
 */
export const forgetExemplars = async (
  dir: string,
  ids: ReadonlySet<string>,
  { nowMs, fresh }: { nowMs: number; fresh: number | null },
): Promise<Forgetting> => {
  const forgetting: Forgetting = { removed: [], isInCurrent: false }
  if (ids.size === 0) return forgetting
  await forgetInReports(dir, ids, fresh)
  const current = await currentGeneration(dir)
  for (const number of await listGenerations(dir)) {
    if (!(await holdsAny(dir, number, ids))) continue
    if (number === current) {
      forgetting.isInCurrent = true
      continue
    }
    await endArmsOf(dir, number, nowMs)
    await removeGeneration(dir, number)
    await forgetReportTexts(dir, number)
    forgetting.removed.push(number)
  }
  return forgetting
}

export interface RetainOptions {
  index: Pick<Config['index'], 'keep_generations' | 'max_generations'>
  /** Generations that stored decisions refer to. */
  referenced: readonly number[]
  /** Exemplars that no generation may contain. */
  forgotten: ReadonlySet<string>
  /** The generation that was just built without them; null where none was built. */
  fresh: number | null
  nowMs: number
}

/** Removes unneeded generations. @throws RouterError `index_invalid` where the current manifest cannot be read */
export const retainGenerations = async (
  dir: string,
  { index, referenced, forgotten, fresh, nowMs }: RetainOptions,
): Promise<Forgetting> => {
  const { removed, isInCurrent } = await forgetExemplars(dir, forgotten, { nowMs, fresh })
  const { shadow, canary } = await readArms(dir)
  const pruned = await pruneGenerations(dir, index.keep_generations, {
    protect: [shadow, canary].flatMap((arm) => (arm ? [arm.generation] : [])),
    referenced,
    max: index.max_generations,
  })
  for (const number of pruned) await forgetReportTexts(dir, number)
  return { removed: [...removed, ...pruned], isInCurrent }
}
