// Gemini's logprobsResult → OpenAI's logprobs of a choice.
import { isObject } from '../json.ts'

/** Null where the answer has none. */
export const toLogprobs = (result: unknown): Record<string, unknown> | null => {
  if (!isObject(result) || !Array.isArray(result.chosenCandidates)) return null
  const tops = Array.isArray(result.topCandidates) ? result.topCandidates : []
  const content = result.chosenCandidates.filter(isObject).map((chosen, at) => {
    const top = isObject(tops[at]) && Array.isArray(tops[at].candidates) ? tops[at].candidates : []
    return { ...toToken(chosen), top_logprobs: top.filter(isObject).map(toToken) }
  })
  return { content, refusal: null }
}

const toToken = ({ token, logProbability }: Record<string, unknown>) => ({
  token,
  logprob: logProbability,
  bytes: typeof token === 'string' ? [...new TextEncoder().encode(token)] : null,
})
