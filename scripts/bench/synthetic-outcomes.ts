// Outcomes of two models on the exemplars of a folder, synthetic: the large one is always right, the small one on half of the routes.
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { outcomeRow, textCounts } from '../../src/core/outcomes/outcome-row.ts'
import type { EvaluatedPrompt } from '../../src/core/records/model-outcome.ts'
import type { Encoder } from '../../src/encoder/encoder.ts'
import type { RebuildOptions } from '../../src/training/rebuild/rebuild.ts'
import { readJsonLines } from './read-json-lines.ts'

const idOf = (text: string): string =>
  `o_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`

const promptOf = async (
  { text, route }: { text: string; route: string },
  encoder: Encoder,
): Promise<EvaluatedPrompt> => {
  const isEasy = route.charCodeAt(0) % 2 === 0
  return {
    ...{ id: idOf(text), label: route, text: null, encoderId: encoder.id },
    embedding: outcomeRow(await encoder.embed(text), textCounts(text)),
    scores: { small: isEasy ? 1 : 0, large: 1 },
    costs: { small: 0.001, large: 0.01 },
    ...{ principal: 'bench', createdAtMs: 1 },
  }
}

/** As a rebuild reads them. */
export const syntheticOutcomes = async (
  trainingDir: string,
  encoder: Encoder,
): Promise<NonNullable<RebuildOptions['outcomes']>> => {
  const prompts: EvaluatedPrompt[] = []
  for (const name of await readdir(trainingDir)) {
    const lines = await readJsonLines<{ text: string; route: string }>(join(trainingDir, name))
    for (const line of lines) prompts.push(await promptOf(line, encoder))
  }
  const sorted = prompts.sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    listEvaluatedPrompts: async ({ limit, after = '' }) =>
      sorted.filter(({ id }) => id > after).slice(0, limit),
    listServedExamples: async () => [],
  }
}
