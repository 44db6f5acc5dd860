// How long a fit takes: made-up outcomes of twenty models, as many as wanted, of the size that the encoder's rows have. Time of the
// processor, which a busy machine stretches little.
import { normaliseRow } from '../../../src/core/linear/vectors.ts'
import { fitOutcomeModel } from '../../../src/core/outcomes/outcome-model.ts'
import { TEXT_COUNTS } from '../../../src/core/outcomes/outcome-row.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

export interface FitTime {
  prompts: number
  models: number
  cpuSeconds: number
  peakMegabytes: number
}

const MODELS = 20
const KINDS = 14
const SPLIT = 384
const DIMENSIONS = 1_152

const madeRows = (rows: number, random: () => number) => {
  const cols = DIMENSIONS + TEXT_COUNTS
  const data = Float32Array.from({ length: rows * cols }, () => random() - 0.5)
  for (let i = 0; i < rows; i++) normaliseRow(data, i * cols, SPLIT)
  return { rows, cols, data }
}

export const measureFit = (prompts: number, seed: number): FitTime => {
  const random = createRandom(seed)
  const matrix = (value: () => number) => ({
    ...{ rows: prompts, cols: MODELS },
    data: Float32Array.from({ length: prompts * MODELS }, value),
  })
  const table = {
    models: Array.from({ length: MODELS }, (_, j) => `model-${j}`),
    labels: Array.from({ length: prompts }, (_, i) => `kind-${i % KINDS}`),
    scores: matrix(() => (random() < 0.6 ? 1 : 0)),
    costs: matrix(() => 0.001 + random() / 100),
  }
  const rows = madeRows(prompts, random)
  const before = process.cpuUsage()
  fitOutcomeModel({ rows, split: SPLIT, table, seed })
  const { user, system } = process.cpuUsage(before)
  return {
    ...{ prompts, models: MODELS, cpuSeconds: (user + system) / 1e6 },
    peakMegabytes: process.resourceUsage().maxRSS / 1_024,
  }
}
