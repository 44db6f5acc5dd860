// Whether the next rebuild can learn from a vote. Votes are stored either way; the reply says whether they count.
import type { Config } from '../config/config-schema.ts'
import type { FeedbackSource } from '../core/records/feedback.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'

type VotedDecision = Pick<StoredDecision, 'reason' | 'routingText' | 'embedding'>

const PINNED =
  'The caller chose the route or the model, so there was no classification that the vote could be about.'
const SESSION =
  'The decision continued an earlier turn, so its own text is not learnt from; vote on that turn.'
const NO_SIGNAL = 'There was no word in the prompt that could be learnt from.'
const NOTHING_STORED =
  'Neither the text nor the embedding of the decision is stored, so there is nothing to learn from.'

/** Null where the vote counts, else the reason why not, as a sentence. */
export const whyNotCounted = (
  { reason, routingText, embedding }: VotedDecision,
  source: FeedbackSource,
  { weights }: Config['training']['feedback'],
): string | null => {
  if (weights[source] === 0) {
    return `Votes of this source have no weight (training.feedback.weights.${source}).`
  }
  if (reason === 'pinned') return PINNED
  if (reason === 'session') return SESSION
  if (reason === 'no_signal') return NO_SIGNAL
  if (embedding === null && routingText.text.trim() === '') return NOTHING_STORED
  return null
}
