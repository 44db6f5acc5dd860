// The list of decisions, the page of one, and what is done there.
import type { Part } from '../../request/part.ts'
import { forgetDecision, makeExemplar, ruleNeighbour, voteOnDecision } from './actions.tsx'
import { decisionPage, receiptFragment } from './decision.tsx'
import { decisionList } from './list.tsx'

export const decisions: readonly Part[] = [
  decisionList,
  decisionPage,
  receiptFragment,
  voteOnDecision,
  makeExemplar,
  ruleNeighbour,
  forgetDecision,
]
