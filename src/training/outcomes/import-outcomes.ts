// Imports rows of an evaluation as evaluated prompts: each is shaped and embedded like a prompt, and its text is stored only where
// storage.store_text allows it. Used by the command and the API. Importing the same rows twice changes nothing.
import { createHash } from 'node:crypto'
import { outcomeRow, textCounts } from '../../core/outcomes/outcome-row.ts'
import type { EvaluatedPrompt } from '../../core/records/model-outcome.ts'
import type { Store, StoreText } from '../../store/store.ts'
import type { OutcomeRow } from './outcome-file.ts'

export interface ImportOutcomesDeps {
  store: Pick<Store, 'addEvaluatedPrompts'>
  storeText: StoreText
  encoderId: string
  /** The routing text of a text. */
  shape: (text: string) => { text: string }
  /** Whole rows of shaped texts, in their order. */
  embed: (texts: readonly string[]) => Promise<Float32Array[]>
  now: () => number
}

export interface ImportedOutcomes {
  rows: number
  added: number
  /** Rows that replaced an earlier one of the same prompt. */
  replaced: number
  /** Rows with a cost for every scored model. */
  priced: number
  /** Names of the scored models. */
  models: string[]
}

/** Rows that are embedded and written at a time. */
const CHUNK = 200

/** From the text where it may be stored; else from its vector and scores, so that guessed texts cannot be tested against it. */
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

/** Of equal prompts the last counts. @throws RouterError of the encoder, `store_unavailable` */
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
