// Reproduces stored decisions offline from their generation and configuration, and compares them with the recorded ones. Missing data is
// reported, never guessed.
import { RouterError } from '../errors.ts'
import { type Evidence, type EvidenceStore, gatherEvidence } from './evidence.ts'
import { createKeptConfigs, type KeptConfigs } from './kept-config.ts'
import { createKeptGenerations, type KeptGenerations } from './kept-generations.ts'
import { type EmbedAnew, readKeptTurn } from './kept-turn.ts'
import type { Receipt } from './receipt.ts'
import { receiptOf, unmadeReceipt } from './receipt-of.ts'

export interface ExplainOptions {
  store: EvidenceStore
  indexDir: string
  /** Embeds a text whose embedding is not stored; without it, that is reported instead. */
  embedAnew?: EmbedAnew
}

/** What the receipts of one call share. */
interface Kept {
  generations: KeptGenerations
  configs: KeptConfigs
  embedAnew: EmbedAnew | null
}

const receiptFor = async (
  evidence: Evidence,
  { generations, configs, embedAnew }: Kept,
): Promise<Receipt> => {
  const { decision, configText } = evidence
  const number = decision.indexGeneration
  const opened = number === null ? null : await generations.open(number)
  const generation = opened && 'problem' in opened ? null : opened
  const config = configs.read(decision.configVersion, configText)
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
 * Receipts in the order of `ids`; null for unknown ids. Each generation and each configuration is read once, and each decision
 * takes about as long as the original without embedding: call it where loading may block.
 * @throws RouterError `store_unavailable`
 */
export const explainMany = async (
  ids: readonly string[],
  { store, indexDir, embedAnew }: ExplainOptions,
): Promise<(Receipt | null)[]> => {
  const generations = createKeptGenerations(indexDir)
  const kept = { generations, configs: createKeptConfigs(), embedAnew: embedAnew ?? null }
  const evidence = await gatherEvidence(ids, store)
  const receipts = new Map<Evidence, Receipt>()
  const found = evidence.filter((one) => one !== null)
  const numberOf = ({ decision }: Evidence): number => decision.indexGeneration ?? 0
  for (const one of found.toSorted((a, b) => numberOf(a) - numberOf(b))) {
    receipts.set(one, await receiptFor(one, kept))
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
