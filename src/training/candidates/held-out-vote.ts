// Which voted prompts are held out, so that the gate can measure on prompts that no generation has seen. Decided by a hash of the
// prompt: the same prompt is on the same side in every build, whatever the votes. Operators' votes are always trained on: whoever
// corrects a prompt on their own machine expects it to be corrected.
import { createHash } from 'node:crypto'
import type { FeedbackSource } from '../../core/records/feedback.ts'
import { textKey } from '../exemplars/exemplar-line.ts'

/** The content of a voted prompt: its text, or its vector where the text is not stored. */
export interface VotedContent {
  text: string | null
  embedding: Float32Array | null
}

/** Principal of requests without a key, where none is required. */
const LOCAL = 'local'

/** True for votes of an operator: a reviewer, or the local user of a server without keys. */
export const isOperatorVote = (vote: { principal: string; source: FeedbackSource }): boolean =>
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
