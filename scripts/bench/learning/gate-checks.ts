// The gate's checks between two generations in memory: all but robustness and replay, which need copies and a log.
import type { Config } from '../../../src/config/config-schema.ts'
import { checkAddedExemplars } from '../../../src/training/gate/added-exemplars.ts'
import {
  checkAbstention,
  checkCoverage,
} from '../../../src/training/gate/checks/abstention-checks.ts'
import { checkAccuracy } from '../../../src/training/gate/checks/accuracy-check.ts'
import { checkCalibration } from '../../../src/training/gate/checks/calibration-check.ts'
import { checkHubs } from '../../../src/training/gate/checks/hubs-check.ts'
import { checkRoutes } from '../../../src/training/gate/checks/routes-check.ts'
import {
  decideHeldOut,
  type GateSet,
  gateRows,
} from '../../../src/training/gate/decide-held-out.ts'
import { heldOutHubs } from '../../../src/training/gate/held-out-hubs.ts'
import type { GateCheck } from '../../../src/training/reports/gate-report.ts'
import type { Generation } from '../../../src/vector-index/generation.ts'
import type { Trained } from './trained.ts'

/** What the checks read of a generation is all there; the rest of one only exists on disk. */
const asGeneration = (trained: Trained): Generation => trained as unknown as Generation

export const gateChecks = (
  serving: Trained,
  candidate: Trained,
  sets: readonly GateSet[],
  config: Config,
): GateCheck[] => {
  const settings = config.training.gate
  const decided = sets.map((set) => ({
    set,
    before: decideHeldOut(set, asGeneration(serving), config),
    after: decideHeldOut(set, asGeneration(candidate), config),
  }))
  const rows = decided.flatMap(({ set, before, after }) => gateRows(set, before, after))
  const after = decided.flatMap((one) => one.after)
  const before = new Set(serving.exemplars.map(({ id }) => id))
  const hubs = {
    ...heldOutHubs(after),
    kind: 'held-out',
    isNew: (id: string) => !before.has(id),
    exemplars: candidate.exemplars.length,
  }
  return [
    checkAccuracy(rows, settings.max_accuracy_drop),
    checkAccuracy(rows, settings.max_accuracy_drop, 'votes'),
    checkAbstention(rows, settings.max_abstention_rise),
    checkCoverage(rows, settings.max_abstention_rise),
    checkRoutes(rows, settings.max_route_drop),
    checkCalibration(rows, settings.max_calibration_rise),
    checkHubs(hubs, settings.max_hub_share),
    checkAddedExemplars(asGeneration(serving), asGeneration(candidate)),
  ]
}
