// The gate: compares a candidate generation with the serving one on the same held-out prompts and past decisions, and runs all
// checks. It promotes nothing; the caller does.
import { existsSync } from 'node:fs'
import type { Config } from '../../config/config-schema.ts'
import { RouterError } from '../../errors.ts'
import { withReadOnly } from '../../store/sqlite/read-only.ts'
import type { Generation } from '../../vector-index/generation.ts'
import { openGeneration } from '../../vector-index/open-generation.ts'
import type { HeldOutSet } from '../exemplars/held-out-set.ts'
import { type ReplayResult, replay } from '../replay/replay.ts'
import {
  GATE_CHECKS,
  type GateCheck,
  type GateReport,
  type ReplayReport,
} from '../reports/gate-report.ts'
import { checkAddedExemplars } from './added-exemplars.ts'
import { checkAbstention, checkCoverage } from './checks/abstention-checks.ts'
import { checkAccuracy } from './checks/accuracy-check.ts'
import { checkCalibration } from './checks/calibration-check.ts'
import { checkHubs } from './checks/hubs-check.ts'
import { checkReplay } from './checks/replay-check.ts'
import { checkRobustness } from './checks/robustness-check.ts'
import { checkRoutes } from './checks/routes-check.ts'
import { decideHeldOut, type GateSet, gateRows, type HeldOutDecision } from './decide-held-out.ts'
import { heldOutHubs } from './held-out-hubs.ts'

/** Two generations on disk, and the data to compare them on. */
export interface GateInput {
  indexDir: string
  candidate: number
  /** Null where none serves: only checks of the candidate alone can then fail. */
  serving: number | null
  /** held-out.jsonl, embedded; null without one. */
  heldOut: HeldOutSet | null
  /** Held-out voted prompts; null where there are none. */
  feedbackHeldOut: HeldOutSet | null
  /** Database whose decisions are replayed, opened read-only; null: no replay. */
  databaseFile: string | null
  config: Config
}

/** Reports progress, out of `GATE_STEPS`. */
export type ReportStep = (done: number) => void

/** The replay takes most of the time. */
export const GATE_STEPS = 100
const LOADED = 5
const HELD_OUT_DONE = 15
const REPLAYED = 95

/** The serving generation, or the reason why the candidate cannot be compared with one. */
type Opponent = { generation: Generation } | { reason: string }

const openServing = async (input: GateInput, candidate: Generation): Promise<Opponent> => {
  if (input.serving === null)
    return { reason: 'No generation serves that it could be compared with.' }
  try {
    const generation = await openGeneration(input.indexDir, input.serving)
    const { encoderId } = generation.manifest
    if (encoderId === candidate.manifest.encoderId) return { generation }
    return {
      reason: `Generation ${input.serving} was built with another encoder (${encoderId}), so the two cannot be compared.`,
    }
  } catch (error) {
    // A rebuild replaces a damaged generation, so the damage must not refuse it.
    if (!(error instanceof RouterError) || error.code !== 'index_invalid') throw error
    return { reason: `Generation ${input.serving} cannot be read: ${error.message}` }
  }
}

const skipAll = (summary: string): GateCheck[] =>
  GATE_CHECKS.map((name) => ({ name, verdict: 'skipped', summary, figures: {} }))

const replayCandidate = async (
  { databaseFile, config }: GateInput,
  candidate: Generation,
  reportStep: ReportStep,
): Promise<ReplayResult | null> => {
  const limit = config.training.gate.replay_limit
  if (databaseFile === null || limit === 0 || !existsSync(databaseFile)) return null
  const onProgress = (done: number, total: number) =>
    reportStep(HELD_OUT_DONE + Math.floor((done / total) * (REPLAYED - HELD_OUT_DONE)))
  return withReadOnly(databaseFile, (store) =>
    replay({ generation: candidate, config, store, limit, sinceMs: null, onProgress }),
  )
}

const setsOf = ({ heldOut, feedbackHeldOut }: GateInput): GateSet[] => [
  ...(heldOut ? [{ kind: 'file', set: heldOut } as const] : []),
  ...(feedbackHeldOut ? [{ kind: 'votes', set: feedbackHeldOut } as const] : []),
]

export type Sides = Record<'serving' | 'candidate', Generation>

/** Decides the same prompts by both generations. */
export const decideSets = (
  sets: readonly GateSet[],
  { serving, candidate }: Sides,
  config: Config,
) => {
  const decisions: HeldOutDecision[] = []
  const rows = sets.flatMap((set) => {
    const after = decideHeldOut(set, candidate, config)
    decisions.push(...after)
    return gateRows(set, decideHeldOut(set, serving, config), after)
  })
  return { rows, decisions }
}

/** Input of the hub check: replayed prompts where there are enough, else held-out ones. */
const hubsInput = (replayed: ReplayResult | null, decisions: readonly HeldOutDecision[]) => {
  const heldOut = heldOutHubs(decisions)
  return replayed && replayed.hubs.prompts >= heldOut.prompts
    ? { ...replayed.hubs, kind: 'replayed' }
    : { ...heldOut, kind: 'held-out' }
}

/** Runs every check in order; without a replay its checks are skipped. */
export const checkSides = (
  { serving, candidate }: Sides,
  { rows, decisions }: ReturnType<typeof decideSets>,
  { replayed, gate }: { replayed: ReplayResult | null; gate: Config['training']['gate'] },
): GateCheck[] => {
  const before = new Set(serving.exemplars.map(({ id }) => id))
  const flipsOf = ({ manifest: { fit } }: Generation) =>
    fit?.flipRate && fit.copies > 0 ? { rate: fit.flipRate.overall, copies: fit.copies } : null
  const flips = { serving: flipsOf(serving), candidate: flipsOf(candidate) }
  const hubs = {
    ...hubsInput(replayed, decisions),
    isNew: (exemplarId: string) => !before.has(exemplarId),
    exemplars: candidate.exemplars.length,
  }
  return [
    checkAccuracy(rows, gate.max_accuracy_drop),
    checkAccuracy(rows, gate.max_accuracy_drop, 'votes'),
    checkAbstention(rows, gate.max_abstention_rise),
    checkCoverage(rows, gate.max_abstention_rise),
    checkRoutes(rows, gate.max_route_drop),
    checkCalibration(rows, gate.max_calibration_rise),
    checkRobustness(flips, gate.max_flip_rise),
    checkReplay(replayed?.report ?? null, gate.max_changed_share),
    checkHubs(hubs, gate.max_hub_share),
    checkAddedExemplars(serving, candidate),
  ]
}

const checkAgainst = async (
  input: GateInput,
  sides: Sides,
  reportStep: ReportStep,
): Promise<{ checks: GateCheck[]; replay: ReplayReport | null }> => {
  const decided = decideSets(setsOf(input), sides, input.config)
  reportStep(HELD_OUT_DONE)
  const replayed = await replayCandidate(input, sides.candidate, reportStep)
  reportStep(REPLAYED)
  const { gate } = input.config.training
  const checks = checkSides(sides, decided, { replayed, gate })
  return { checks, replay: replayed?.report ?? null }
}

/**
 * Compares a candidate generation with the serving one; writes and promotes nothing. Blocks its thread for seconds, so it must not
 * run in the serving process.
 * @throws RouterError `index_invalid` where the candidate cannot be read, `store_unavailable`
 */
export const holdGate = async (
  input: GateInput,
  reportStep: ReportStep = () => {},
): Promise<GateReport> => {
  const startedAt = performance.now()
  const candidate = await openGeneration(input.indexDir, input.candidate)
  const opponent = await openServing(input, candidate)
  reportStep(LOADED)
  const { checks, replay: replayReport } =
    'reason' in opponent
      ? { checks: skipAll(opponent.reason), replay: null }
      : await checkAgainst(input, { serving: opponent.generation, candidate }, reportStep)
  return {
    candidate: input.candidate,
    against: input.serving,
    passed: checks.every(({ verdict }) => verdict !== 'failed'),
    checks,
    replay: replayReport,
    durationMs: Math.round(performance.now() - startedAt),
  }
}
