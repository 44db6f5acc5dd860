// The arms: generations beside the current one that take part in decisions. A shadow decides without effect, a canary decides for a
// share of the sessions. Stored in one small file beside the pointer, replaced atomically.
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { RouterError } from '../errors.ts'
import { syncFolder, writeDurably } from './durable.ts'
import { verifyGeneration } from './generation-check.ts'
import { temporaryPath } from './generation-name.ts'
import { currentGeneration, listGenerations } from './generation-store.ts'
import { appendHistory, type HistoryEvent } from './history.ts'

export interface Shadow {
  generation: number
  startedAtMs: number
  author: string
}

export interface Canary extends Shadow {
  /** Share of the sessions, 0 to 0.5. */
  share: number
  /** The generation that it is compared with: the current one when it began. */
  against: number
}

export interface Arms {
  shadow: Shadow | null
  canary: Canary | null
}

export type ArmName = keyof Arms

export const MAX_CANARY_SHARE = 0.5

const ARMS = 'arms.json'

const shadowSchema = z.object({
  generation: z.int().positive(),
  startedAtMs: z.number(),
  author: z.string(),
})

const armsSchema = z.object({
  shadow: shadowSchema.nullable(),
  canary: shadowSchema
    .extend({ share: z.number().gt(0).max(MAX_CANARY_SHARE), against: z.int().positive() })
    .nullable(),
})

const noArms = (): Arms => ({ shadow: null, canary: null })

/** The arms of an index folder, and the problem of their file; a damaged file means no arms. */
export const inspectArms = async (dir: string): Promise<{ arms: Arms; problem: string | null }> => {
  try {
    const text = await readFile(join(dir, ARMS), 'utf8')
    return { arms: armsSchema.parse(JSON.parse(text)), problem: null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { arms: noArms(), problem: null }
    const why = code ? `cannot be read (${code})` : 'is not of the expected form'
    return { arms: noArms(), problem: `${ARMS} ${why}; no shadow or canary takes part.` }
  }
}

/** The stored arms; none where the file is missing or damaged. */
export const readArms = async (dir: string): Promise<Arms> => (await inspectArms(dir)).arms

const writeArms = async (dir: string, arms: Arms): Promise<void> => {
  const temporary = temporaryPath(dir, ARMS)
  try {
    await writeDurably(temporary, `${JSON.stringify(arms, null, 2)}\n`)
    await rename(temporary, join(dir, ARMS))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dir)
}

const note = (
  dir: string,
  event: Pick<HistoryEvent, 'action' | 'generation' | 'author' | 'reason' | 'atMs'>,
) => appendHistory(dir, { ...event, from: null, forced: false })

/** Serialises this process's changes to a folder's arms, so that none is lost between a read and its write. */
const queues = new Map<string, Promise<unknown>>()

const inTurn = <T>(dir: string, work: () => Promise<T>): Promise<T> => {
  const result = (queues.get(dir) ?? Promise.resolve()).then(work)
  const settled = result.catch(() => undefined)
  queues.set(dir, settled)
  void settled.then(() => {
    if (queues.get(dir) === settled) queues.delete(dir)
  })
  return result
}

/** Why an arm cannot continue with this current generation; null where it can. */
export const staleReason = (
  name: ArmName,
  arm: Shadow | Canary,
  current: number | null,
): string | null => {
  if (arm.generation === current) return `Generation ${arm.generation} serves everybody now.`
  if (name === 'shadow' || !('against' in arm) || arm.against === current) return null
  return `It was tried against generation ${arm.against}, and ${current ?? 'none'} is current now.`
}

const NAMES: readonly ArmName[] = ['shadow', 'canary']

interface EndNote {
  author: string
  /** A sentence. */
  reason: string
  nowMs?: number
}

const endNow = async (
  dir: string,
  name: ArmName,
  { author, reason, nowMs = Date.now() }: EndNote,
): Promise<Shadow | Canary | null> => {
  const arms = await readArms(dir)
  const arm = arms[name]
  if (arm === null) return null
  await writeArms(dir, { ...arms, [name]: null })
  const { generation } = arm
  await note(dir, { action: `${name}_ended`, generation, author, reason, atMs: nowMs })
  return arm
}

const settle = async (dir: string, nowMs: number): Promise<ArmName[]> => {
  const current = await currentGeneration(dir)
  const ended: ArmName[] = []
  for (const name of NAMES) {
    const arm = (await readArms(dir))[name]
    const reason = arm && staleReason(name, arm, current)
    if (!reason) continue
    await endNow(dir, name, { author: 'signalbox', reason, nowMs })
    ended.push(name)
  }
  return ended
}

/**
 * Ends the arms that a promotion or rollback made obsolete.
 * @returns which
 * @throws RouterError `index_invalid` where the pointer is damaged
 */
export const settleArms = (dir: string, nowMs: number = Date.now()): Promise<ArmName[]> =>
  inTurn(dir, () => settle(dir, nowMs))

/** @throws RouterError `not_found`, `invalid_request`, `index_invalid`, `index_unavailable` */
const requireCandidate = async (dir: string, generation: number): Promise<number> => {
  const known = await listGenerations(dir)
  if (!known.includes(generation)) {
    const names = known.join(', ') || 'none'
    throw new RouterError(
      'not_found',
      `There is no generation ${generation}; generations: ${names}.`,
    )
  }
  const current = await currentGeneration(dir)
  if (current === null) {
    throw new RouterError('index_unavailable', 'No generation is current to compare another with.')
  }
  if (generation === current) {
    throw new RouterError('invalid_request', `Generation ${generation} is the current one.`, {
      param: 'generation',
    })
  }
  await verifyGeneration(dir, generation)
  return current
}

export interface StartShadow {
  generation: number
  author: string
  nowMs?: number
}

/**
 * Starts a shadow: the generation decides beside the current one, without effect. Replaces an earlier shadow.
 * @throws RouterError `not_found`, `invalid_request` where it is current, `index_invalid` where it does not verify
 */
export const startShadow = (dir: string, start: StartShadow): Promise<Shadow> =>
  inTurn(dir, async () => {
    const { generation, author, nowMs = Date.now() } = start
    await requireCandidate(dir, generation)
    await settle(dir, nowMs)
    const reason = `Generation ${generation} takes its place in the shadow.`
    await endNow(dir, 'shadow', { author, reason, nowMs })
    const shadow = { generation, startedAtMs: nowMs, author }
    await writeArms(dir, { ...(await readArms(dir)), shadow })
    await note(dir, {
      action: 'shadow_started',
      generation,
      author,
      reason: 'It decides beside what serves, without effect.',
      atMs: nowMs,
    })
    return shadow
  })

export interface StartCanary extends StartShadow {
  /** Share of the sessions, above 0 and up to 0.5. */
  share: number
}

/**
 * Starts a canary: the generation decides for a share of the sessions. There is one at a time.
 * @throws RouterError as `startShadow`; `invalid_request` where there is a canary already or the share is out of range
 */
export const startCanary = (dir: string, start: StartCanary): Promise<Canary> =>
  inTurn(dir, async () => {
    const { generation, share, author, nowMs = Date.now() } = start
    if (!(share > 0 && share <= MAX_CANARY_SHARE)) {
      throw new RouterError(
        'invalid_request',
        `The share is ${share}; expected more than 0 and at most ${MAX_CANARY_SHARE}.`,
        { param: 'share' },
      )
    }
    const against = await requireCandidate(dir, generation)
    await settle(dir, nowMs)
    const arms = await readArms(dir)
    if (arms.canary !== null) {
      throw new RouterError(
        'invalid_request',
        `Generation ${arms.canary.generation} is the canary already; end that first.`,
        { param: 'generation' },
      )
    }
    const canary = { generation, startedAtMs: nowMs, author, share, against }
    await writeArms(dir, { ...arms, canary })
    const percent = (share * 100).toLocaleString('en', { maximumFractionDigits: 2 })
    const reason = `It is tried on ${percent} % of the sessions against generation ${against}.`
    await note(dir, { action: 'canary_started', generation, author, reason, atMs: nowMs })
    return canary
  })

/**
 * Ends the shadow or the canary.
 * @returns the ended arm
 * @throws RouterError `not_found` where there is none
 */
export const endArm = (dir: string, name: ArmName, end: EndNote): Promise<Shadow | Canary> =>
  inTurn(dir, async () => {
    const ended = await endNow(dir, name, end)
    if (ended !== null) return ended
    throw new RouterError('not_found', `There is no ${name} to end.`)
  })
