// Changes the serving generation, by hand or by a rebuild: verifies it, moves the pointer, records the event and updates the arms. No
// lock is taken: a rollback must be possible while a build runs, and a build reads the pointer again before it promotes.
import { RouterError } from '../../errors.ts'
import { settleArms } from '../../vector-index/arms.ts'
import { readManifest } from '../../vector-index/generation-check.ts'
import {
  currentGeneration,
  listGenerations,
  setCurrent,
} from '../../vector-index/generation-store.ts'
import { appendHistory, type HistoryEvent, readHistory } from '../../vector-index/history.ts'
import { readReport } from './generation-report.ts'

/** Null for a damaged pointer, too: promoting or rolling back repairs it. */
export const readCurrent = (dir: string): Promise<number | null> =>
  currentGeneration(dir).catch((error: unknown) => {
    if (error instanceof RouterError && error.code === 'index_invalid') return null
    throw error
  })

export interface MakeCurrent {
  action: 'promoted' | 'rolled_back'
  author: string
  /** A sentence. */
  reason: string
  forced: boolean
  nowMs: number
}

/** @throws RouterError `index_invalid` where it does not verify; nothing is changed then */
export const makeCurrent = async (
  dir: string,
  generation: number,
  { action, author, reason, forced, nowMs }: MakeCurrent,
): Promise<{ from: number | null }> => {
  const from = await readCurrent(dir)
  await setCurrent(dir, generation)
  await appendHistory(dir, { atMs: nowMs, action, generation, from, author, reason, forced })
  await settleArms(dir, nowMs)
  return { from }
}

/** Events of each generation, oldest first. */
export const eventsByGeneration = (events: HistoryEvent[]): Map<number, HistoryEvent[]> => {
  const byGeneration = new Map<number, HistoryEvent[]>()
  for (const event of events) {
    const own = byGeneration.get(event.generation)
    if (own) own.push(event)
    else byGeneration.set(event.generation, [event])
  }
  return byGeneration
}

/** By the history, which survives a lost report. A generation that was promoted by force no longer counts as refused. */
export const isRefused = (events: HistoryEvent[], outcome: string | null): boolean =>
  (outcome === 'refused' || events.some(({ action }) => action === 'refused')) &&
  !events.some(({ action }) => action === 'promoted')

const requireKnown = async (dir: string, generation: number): Promise<void> => {
  const known = await listGenerations(dir)
  if (known.includes(generation)) return
  const names = known.join(', ') || 'none'
  throw new RouterError('not_found', `There is no generation ${generation}; generations: ${names}.`)
}

const isRefusedGeneration = async (dir: string, generation: number): Promise<boolean> => {
  const events = eventsByGeneration(await readHistory(dir)).get(generation) ?? []
  return isRefused(events, (await readReport(dir, generation))?.outcome ?? null)
}

const failedChecks = async (dir: string, generation: number): Promise<string> => {
  const checks = (await readReport(dir, generation))?.gate?.checks ?? []
  return checks
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ summary }) => ` ${summary}`)
    .join('')
}

export interface PromoteOptions {
  author: string
  /** Required with `force`. */
  reason?: string | null
  /** Promotes a generation that the gate refused; recorded as forced. */
  force?: boolean
  nowMs?: number
}

export interface Moved {
  from: number | null
  to: number
  /** True where the gate was overridden. */
  forced: boolean
}

/** @throws RouterError `invalid_request` */
export const requireReason = (reason: string | null | undefined): string => {
  if (reason?.trim()) return reason.trim()
  throw new RouterError('invalid_request', 'To override the gate, say why: give a reason.', {
    param: 'reason',
  })
}

/**
 * Makes a generation the current one.
 * @throws RouterError `not_found`; `gate_refused` with the gate's reasons, unless `force`; `invalid_request` where `force`
 *   has no reason; `index_invalid` where it does not verify
 */
export const promoteGeneration = async (
  dir: string,
  generation: number,
  { author, reason, force = false, nowMs = Date.now() }: PromoteOptions,
): Promise<Moved> => {
  await requireKnown(dir, generation)
  const stated = force ? requireReason(reason) : (reason?.trim() ?? '')
  const refused = await isRefusedGeneration(dir, generation)
  if (refused && !force) {
    throw new RouterError(
      'gate_refused',
      `The gate refused generation ${generation}.${await failedChecks(dir, generation)} Promote it with force and a reason if it is to serve all the same.`,
    )
  }
  const { from } = await makeCurrent(dir, generation, {
    action: 'promoted',
    author,
    reason: stated || 'Promoted by hand.',
    forced: refused,
    nowMs,
  })
  return { from, to: generation, forced: refused }
}

/** The parent of the current generation if it still exists, else the next older one that the gate did not refuse. */
const defaultTarget = async (dir: string, current: number | null): Promise<number> => {
  if (current === null)
    throw new RouterError(
      'index_unavailable',
      'No generation is current; build one with: signalbox rebuild',
    )
  const known = await listGenerations(dir)
  const manifest = await readManifest(dir, current).catch(() => null)
  const parent = manifest?.parentGeneration ?? null
  if (parent !== null && known.includes(parent)) return parent
  for (const older of known.filter((number) => number < current).reverse()) {
    if (!(await isRefusedGeneration(dir, older))) return older
  }
  throw new RouterError(
    'index_unavailable',
    `Generation ${current} has no predecessor to roll back to; generations: ${known.join(', ')}.`,
  )
}

export interface RollBackOptions {
  /** Default: the generation before the current one. */
  to?: number | null
  author: string
  reason?: string | null
  nowMs?: number
}

/**
 * Makes an earlier generation current again.
 * @throws RouterError `index_unavailable` where there is none; `not_found`; `gate_refused` for one that the gate refused;
 *   `index_invalid` where it does not verify
 */
export const rollBack = async (
  dir: string,
  { to = null, author, reason, nowMs = Date.now() }: RollBackOptions,
): Promise<Moved> => {
  const target = to ?? (await defaultTarget(dir, await readCurrent(dir)))
  await requireKnown(dir, target)
  if (await isRefusedGeneration(dir, target)) {
    throw new RouterError(
      'gate_refused',
      `The gate refused generation ${target}, and it never served: promote it with force and a reason instead.`,
    )
  }
  const { from } = await makeCurrent(dir, target, {
    action: 'rolled_back',
    author,
    reason: reason?.trim() || 'Rolled back by hand.',
    forced: false,
    nowMs,
  })
  return { from, to: target, forced: false }
}
