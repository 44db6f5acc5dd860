// A receipt of `explain` → JSON.
import type { z } from 'zod'
import type { Feedback } from '../../core/records/feedback.ts'
import type { Receipt } from '../../receipts/receipt.ts'
import { explanationJson, receiptJson } from './decision-json.ts'
import type { decisionExplanationSchema } from './explain-schemas.ts'

type Json = z.infer<typeof decisionExplanationSchema>

const voteJson = (vote: Feedback): Json['feedback'][number] => ({
  id: vote.id,
  principal: vote.principal,
  verdict: vote.verdict,
  correct_route: vote.correctRoute,
  score: vote.score,
  comment: vote.comment,
  source: vote.source,
  implicit_kind: vote.implicitKind,
  created_at: new Date(vote.createdAtMs).toISOString(),
})

/** Texts of exemplars in the generation that decided. */
const textsOf = ({ exemplars }: Receipt) =>
  new Map(
    exemplars.flatMap(({ exemplarId, text, source }) =>
      text === null || source === null ? [] : [[exemplarId, { text, source }] as const],
    ),
  )

/** @param maySee whether the caller may see a vote */
export const decisionExplanationJson = (
  receipt: Receipt,
  maySee: (vote: Feedback) => boolean = () => true,
): Json => {
  const { decision, remade } = receipt
  return {
    object: 'decision.explanation',
    id: decision.id,
    verdict: receipt.verdict,
    reasons: receipt.reasons,
    notes: receipt.notes,
    differences: receipt.differences,
    decision: receiptJson(decision, { exemplars: () => textsOf(receipt), withEmbedding: false }),
    skipped: decision.skipped,
    remade: remade && {
      route: remade.route,
      model: remade.model,
      reason: remade.reason,
      confidence: remade.confidence,
      margin: remade.margin,
      threshold: remade.threshold,
      scores: remade.scores,
    },
    explanation: explanationJson(receipt.explanation),
    feedback: receipt.votes.filter(maySee).map(voteJson),
  }
}
