// Lists the generations for operators: facts, status and the gate's result of each.
import { isShapeFigure } from '../../core/alerting/traffic-shape.ts'
import { RouterError } from '../../errors.ts'
import { type Arms, readArms } from '../../vector-index/arms.ts'
import { readManifest, verifyGeneration } from '../../vector-index/generation-check.ts'
import { listGenerations } from '../../vector-index/generation-store.ts'
import { type HistoryEvent, readHistory } from '../../vector-index/history.ts'
import type { Manifest } from '../../vector-index/manifest.ts'
import type { GenerationReport } from '../reports/build-report.ts'
import { readReport } from './generation-report.ts'
import type {
  DescribedGeneration,
  GateSummary,
  GenerationStatus,
  ListedGeneration,
} from './listed-generation.ts'
import { eventsByGeneration, isRefused, readCurrent } from './make-current.ts'

export interface ListOptions {
  /** Reads and hashes every file, instead of the manifest alone. */
  verify?: boolean
}

export interface GenerationList {
  current: number | null
  /** Ascending by number. */
  generations: ListedGeneration[]
}

interface Known {
  current: number | null
  arms: Arms
  events: Map<number, HistoryEvent[]>
}

const readKnown = async (dir: string): Promise<Known> => ({
  current: await readCurrent(dir),
  arms: await readArms(dir),
  events: eventsByGeneration(await readHistory(dir)),
})

const statusOf = (
  generation: number,
  { current, arms, events }: Known,
  report: GenerationReport | null,
): GenerationStatus => {
  if (generation === current) return 'current'
  if (generation === arms.canary?.generation) return 'canary'
  if (generation === arms.shadow?.generation) return 'shadow'
  return isRefused(events.get(generation) ?? [], report?.outcome ?? null) ? 'refused' : 'kept'
}

const summaryOf = (gate: GenerationReport['gate'] | undefined): GateSummary | null =>
  gate
    ? {
        passed: gate.passed,
        against: gate.against,
        failed: gate.checks
          .filter(({ verdict }) => verdict === 'failed')
          .map(({ summary }) => summary),
      }
    : null

const readFacts = async (
  dir: string,
  generation: number,
  verify: boolean,
): Promise<{ manifest: Manifest | null; problem: string | null }> => {
  try {
    const read = verify ? verifyGeneration : readManifest
    return { manifest: await read(dir, generation), problem: null }
  } catch (error) {
    if (!(error instanceof RouterError)) throw error
    return { manifest: null, problem: error.message }
  }
}

const describe = async (
  dir: string,
  generation: number,
  known: Known,
  { verify = false }: ListOptions,
): Promise<DescribedGeneration> => {
  const { manifest, problem } = await readFacts(dir, generation, verify)
  const report = await readReport(dir, generation)
  const isCanary = known.arms.canary?.generation === generation
  return {
    generation,
    status: statusOf(generation, known, report),
    canaryShare: isCanary ? (known.arms.canary?.share ?? null) : null,
    createdAtMs: manifest?.createdAtMs ?? report?.createdAtMs ?? null,
    parent: manifest?.parentGeneration ?? report?.parent ?? null,
    exemplars: manifest?.exemplarCount ?? null,
    fromFeedback: manifest?.feedbackExemplars ?? null,
    routes: manifest?.routes ?? {},
    search: manifest?.search ?? null,
    recallAt10: manifest?.recallAt10 ?? null,
    encoderId: manifest?.encoderId ?? null,
    heldOut: manifest?.heldOut ? withoutShape(manifest.heldOut) : null,
    outcome: report?.outcome ?? null,
    trigger: report?.trigger ?? null,
    author: report?.author ?? null,
    gate: summaryOf(report?.gate),
    problem,
    report,
    history: known.events.get(generation) ?? [],
  }
}

/** Figures without the traffic shape, which is a baseline of drift and not a measure of quality. */
const withoutShape = (figures: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).filter(([name]) => !isShapeFigure(name)))

const withoutDetails = ({
  report: _report,
  history: _history,
  ...listed
}: DescribedGeneration): ListedGeneration => listed

/** Every generation on disk, read one after the other, so that a server stays responsive. */
export const describeGenerations = async (
  dir: string,
  options: ListOptions = {},
): Promise<GenerationList> => {
  const known = await readKnown(dir)
  const generations: ListedGeneration[] = []
  for (const generation of await listGenerations(dir)) {
    generations.push(withoutDetails(await describe(dir, generation, known, options)))
  }
  return { current: known.current, generations }
}

/**
 * One generation with its report; also a removed one whose report is left.
 * @throws RouterError `not_found`
 */
export const describeGeneration = async (
  dir: string,
  generation: number,
  options: ListOptions = {},
): Promise<DescribedGeneration> => {
  const described = await describe(dir, generation, await readKnown(dir), options)
  const isOnDisk = (await listGenerations(dir)).includes(generation)
  if (isOnDisk) return described
  if (described.report === null) {
    throw new RouterError('not_found', `There is no generation ${generation}.`)
  }
  return { ...described, problem: 'It was removed; its report is left.' }
}

/** Start time of the newest generation's build, refused or not; null where none can be read. */
export const lastBuiltAtMs = async (dir: string): Promise<number | null> => {
  for (const generation of (await listGenerations(dir)).reverse()) {
    const { manifest } = await readFacts(dir, generation, false)
    if (manifest !== null) return manifest.createdAtMs
  }
  return null
}
