// Which voted prompts are never trained on, so that the gate has some to measure on that no generation has seen. Decided by
// the prompt alone: the same prompt is on the same side in every build, and nobody can vote it to the other. What a person
// in charge says is always trained on: whoever corrects one prompt on his own machine expects it to be corrected.
import { createHash } from 'node:crypto'
import type { FeedbackSource } from '../../core/records/feedback.ts'
import { textKey } from '../exemplars/exemplar-line.ts'

/** What is voted on: its text, or its vector where the text is not kept. */
export interface VotedContent {
  text: string | null
  embedding: Float32Array | null
}

/** Principal of whoever comes without a key where none is required. */
const LOCAL = 'local'

/** True for the votes of a person in charge: a reviewer, or whoever is alone on the machine. */
export const isInCharge = (vote: { principal: string; source: FeedbackSource }): boolean =>
  vote.source === 'review' || (vote.principal === LOCAL && vote.source !== 'implicit')

const SPAN = 2 ** 32

const bytesOf = ({ text, embedding }: VotedContent): string | Uint8Array => {
  if (text !== null) return textKey(text)
  if (embedding === null) return ''
  return new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength)
}

/** @param share of all prompts, 0 to 1 */
export const isHeldOutVote = (content: VotedContent, share: number): boolean =>
  createHash('sha256').update(bytesOf(content)).digest().readUInt32BE(0) / SPAN < share
