// `signalbox explain`: stored decisions made again, offline, from the generation and the configuration that they name, and
// held against what was recorded. What is needed and gone is said; nothing is guessed.
import { RouterError } from '../errors.ts'
import { type Evidence, type EvidenceStore, gatherEvidence } from './evidence.ts'
import { readKeptConfig } from './kept-config.ts'
import { createKeptGenerations, type KeptGenerations } from './kept-generations.ts'
import { type EmbedAnew, readKeptTurn } from './kept-turn.ts'
import type { Receipt } from './receipt.ts'
import { receiptOf, unmadeReceipt } from './receipt-of.ts'

export interface ExplainOptions {
  store: EvidenceStore
  indexDir: string
  /** Embeds a text whose embedding is not kept; without it, that is said instead. */
  embedAnew?: EmbedAnew
}

const receiptFor = async (
  evidence: Evidence,
  generations: KeptGenerations,
  embedAnew: EmbedAnew | null,
): Promise<Receipt> => {
  const { decision, configText } = evidence
  const number = decision.indexGeneration
  const opened = number === null ? null : await generations.open(number)
  const generation = opened && 'problem' in opened ? null : opened
  const config = readKeptConfig(decision.configVersion, configText)
  const turn = await readKeptTurn(decision, generation, embedAnew)
  const problems = [opened, config, turn].flatMap((part) =>
    part && 'problem' in part ? [part.problem] : [],
  )
  const kept = turn && 'problem' in turn ? null : turn
  const made = { evidence, opened: generation, turn: kept }
  if ('problem' in config || problems.length > 0) return unmadeReceipt(made, problems)
  return receiptOf(made, config.config)
}

/**
 * Receipts in the order of `ids`; null for an id that no stored decision has. Generations are loaded once each, and a
 * decision then takes about as long as it took to make, but for the embedding: call it where a load may block.
 * @throws RouterError `store_unavailable`
 */
export const explainMany = async (
  ids: readonly string[],
  { store, indexDir, embedAnew }: ExplainOptions,
): Promise<(Receipt | null)[]> => {
  const generations = createKeptGenerations(indexDir)
  const evidence = await gatherEvidence(ids, store)
  const receipts = new Map<Evidence, Receipt>()
  const found = evidence.filter((one) => one !== null)
  const numberOf = ({ decision }: Evidence): number => decision.indexGeneration ?? 0
  for (const one of found.toSorted((a, b) => numberOf(a) - numberOf(b))) {
    receipts.set(one, await receiptFor(one, generations, embedAnew ?? null))
  }
  return evidence.map((one) => (one && receipts.get(one)) ?? null)
}

/**
 * The receipt of one decision.
 * @throws RouterError `decision_not_found`, `store_unavailable`
 */
export const explainDecision = async (id: string, options: ExplainOptions): Promise<Receipt> => {
  const [receipt] = await explainMany([id], options)
  if (receipt) return receipt
  throw new RouterError('decision_not_found', 'No stored decision has this id.')
}
