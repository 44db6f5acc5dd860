// The outcome of a build: by the gate's report the new generation is promoted, made a canary, refused or kept. The event is recorded
// before it is carried out.
import type { Config } from '../../config/config-schema.ts'
import { endArm, readArms, startCanary } from '../../vector-index/arms.ts'
import { appendHistory, type HistoryEvent } from '../../vector-index/history.ts'
import type { holdGate } from '../gate/gate.ts'
import { makeCurrent, readCurrent } from '../generations/make-current.ts'
import type { BuildOutcome, Trigger } from '../reports/build-report.ts'
import type { GateReport } from '../reports/gate-report.ts'

export type RunGate = typeof holdGate

/** `auto` follows the gate, `never` only builds and judges, `force` overrides the gate. */
export type PromoteMode = 'auto' | 'never' | 'force'

export interface Verdict {
  outcome: BuildOutcome
  /** A sentence. */
  reason: string
  /** True where a person overrode the gate. */
  forced: boolean
}

interface VerdictInput {
  gate: GateReport | null
  /** The generation that served when it was built. */
  parent: number | null
  promote: PromoteMode
  /** Why the gate is overridden. */
  statedReason: string
  training: Pick<Config['training'], 'gate' | 'canary'>
}

const whyNotJudged = ({ parent, training }: VerdictInput): string =>
  parent === null
    ? 'No generation served that it could be compared with.'
    : training.gate.enabled
      ? `Generation ${parent} cannot be used any more, so there was nothing to compare it with.`
      : 'The gate is switched off (training.gate.enabled).'

const failedNames = (gate: GateReport): string =>
  gate.checks
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ name }) => name)
    .join(', ')

export const verdictOf = (input: VerdictInput): Verdict => {
  const { gate, parent, promote, statedReason, training } = input
  if (gate?.passed === false) {
    return promote === 'force'
      ? { outcome: 'promoted', reason: statedReason, forced: true }
      : { outcome: 'refused', reason: `The gate refused it: ${failedNames(gate)}.`, forced: false }
  }
  if (promote === 'never') {
    return { outcome: 'kept', reason: 'It was built and not promoted, as asked.', forced: false }
  }
  if (gate === null) return { outcome: 'promoted', reason: whyNotJudged(input), forced: false }
  const reason = `It passed the gate against generation ${parent}.`
  const isTriedFirst = promote === 'auto' && training.canary.share > 0
  return { outcome: isTriedFirst ? 'canary' : 'promoted', reason, forced: false }
}

/**
 * Changes a promotion to `kept` where another generation was made current during the build, because the gate compared with one that
 * no longer serves.
 */
export const unlessOvertaken = async (
  dir: string,
  verdict: Verdict,
  parent: number | null,
): Promise<Verdict> => {
  if (verdict.forced || (verdict.outcome !== 'promoted' && verdict.outcome !== 'canary')) {
    return verdict
  }
  const current = await readCurrent(dir)
  if (current === parent || parent === null) return verdict
  return {
    outcome: 'kept',
    reason: `Generation ${current} was made current meanwhile, and this one was compared with ${parent}.`,
    forced: false,
  }
}

export interface CarryOut {
  generation: number
  parent: number | null
  verdict: Verdict
  trigger: Trigger
  author: string
  canaryShare: number
  nowMs: number
}

const TRIGGER_WORDS: Record<Trigger, string> = {
  first: 'for the first start',
  command: 'by command',
  api: 'over the API',
  schedule: 'on schedule (training.schedule)',
  corrections: 'because enough corrections waited (training.rebuild_after)',
}

/** Ends a running canary first: there is one at a time. */
const startCanaryAnew = async (dir: string, work: CarryOut): Promise<void> => {
  const { generation, canaryShare: share, author, nowMs } = work
  const { canary } = await readArms(dir)
  if (canary !== null) {
    const reason = `Generation ${generation} takes its place.`
    await endArm(dir, 'canary', { author, reason, nowMs })
  }
  await startCanary(dir, { generation, share, author, nowMs })
}

/** Records the verdict in the history and carries it out. */
export const carryOut = async (dir: string, work: CarryOut): Promise<void> => {
  const { generation, parent, verdict, trigger, author, nowMs } = work
  const event: HistoryEvent = {
    atMs: nowMs,
    action: 'built',
    generation,
    from: parent,
    author,
    reason: `Built ${TRIGGER_WORDS[trigger]}.`,
    forced: false,
  }
  await appendHistory(dir, event)
  if (verdict.outcome === 'refused') {
    await appendHistory(dir, { ...event, action: 'refused', reason: verdict.reason })
  } else if (verdict.outcome === 'canary') {
    await startCanaryAnew(dir, work)
  } else if (verdict.outcome === 'promoted') {
    const { reason, forced } = verdict
    await makeCurrent(dir, generation, { action: 'promoted', author, reason, forced, nowMs })
  }
}
