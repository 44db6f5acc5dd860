// Rows of an evaluation → evaluated prompts in the store: each is shaped and embedded as a prompt is, and its text is kept only
// where storage.store_text says so. By file and by HTTP, both through here. Importing the same rows twice changes nothing.
import { createHash } from 'node:crypto'
import { outcomeRow, textCounts } from '../../core/outcomes/outcome-row.ts'
import type { EvaluatedPrompt } from '../../core/records/model-outcome.ts'
import type { Store, StoreText } from '../../store/store.ts'
import type { OutcomeRow } from './outcome-file.ts'

export interface ImportOutcomesDeps {
  store: Pick<Store, 'addEvaluatedPrompts'>
  storeText: StoreText
  encoderId: string
  /** Text as prompts are shaped. */
  shape: (text: string) => { text: string }
  /** Whole rows of shaped texts, in their order. */
  embed: (texts: readonly string[]) => Promise<Float32Array[]>
  now: () => number
}

export interface ImportedOutcomes {
  rows: number
  added: number
  /** Rows that took the place of an earlier one of the same prompt. */
  replaced: number
  /** Rows that name a cost of every model they score. */
  priced: number
  /** Models that were scored, by name. */
  models: string[]
}

/** Rows that are embedded and written together. */
const CHUNK = 200

/** Of the text, where it may be kept; else of nothing that a list of texts could be held against. */
const idOf = (
  { label, scores }: OutcomeRow,
  { text, embedding, storeText }: { text: string; embedding: Float32Array; storeText: StoreText },
): string => {
  const hash = createHash('sha256').update(label)
  if (storeText === 'off') hash.update(Buffer.from(embedding.buffer)).update(JSON.stringify(scores))
  else hash.update('\n').update(text)
  return `o_${hash.digest('hex').slice(0, 24)}`
}

const promptOf = (
  row: OutcomeRow,
  { text, embedding, principal }: { text: string; embedding: Float32Array; principal: string },
  { storeText, encoderId, now }: ImportOutcomesDeps,
): EvaluatedPrompt => ({
  id: idOf(row, { text, embedding, storeText }),
  label: row.label,
  text: storeText === 'full' ? text : null,
  embedding,
  encoderId,
  scores: row.scores,
  costs: row.cost ?? {},
  principal,
  createdAtMs: now(),
})

const isPriced = ({ scores, cost = {} }: OutcomeRow): boolean =>
  Object.keys(scores).every((model) => cost[model] !== undefined)

/** Of prompts that stand there twice, the last counts. @throws RouterError of the encoder, `store_unavailable` */
export const importOutcomes = async (
  rows: readonly OutcomeRow[],
  principal: string,
  deps: ImportOutcomesDeps,
): Promise<ImportedOutcomes> => {
  const seen = new Set<string>()
  let replaced = 0
  for (let at = 0; at < rows.length; at += CHUNK) {
    const chunk = rows.slice(at, at + CHUNK)
    const texts = chunk.map(({ text }) => deps.shape(text).text)
    const embedded = await deps.embed(texts)
    const byId = new Map<string, EvaluatedPrompt>()
    for (const [i, row] of chunk.entries()) {
      const text = texts[i] as string
      const embedding = outcomeRow(embedded[i] as Float32Array, textCounts(text))
      const prompt = promptOf(row, { text, embedding, principal }, deps)
      byId.set(prompt.id, prompt)
    }
    const prompts = [...byId.values()]
    const wasThere = await deps.store.addEvaluatedPrompts(prompts)
    replaced += prompts.filter(({ id }, i) => wasThere[i] && !seen.has(id)).length
    for (const { id } of prompts) seen.add(id)
  }
  const models = [...new Set(rows.flatMap(({ scores }) => Object.keys(scores)))].sort()
  const priced = rows.filter(isPriced).length
  return { rows: rows.length, added: seen.size - replaced, replaced, priced, models }
}
