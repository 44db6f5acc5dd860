// Applies an action to a request: sets the reasoning effort and the limit of the chosen model.
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'

const limitOf = (body: UpstreamRequest['body'], most: number): object => {
  const { max_completion_tokens: asked = body.max_tokens } = body
  if (typeof asked === 'number' && asked <= most) return {}
  return { max_completion_tokens: most, max_tokens: undefined }
}

/** In OpenAI's form: a body in another dialect is translated again, because it says nothing of the target. */
export const asAction = (request: UpstreamRequest): UpstreamRequest => {
  const { effort = null, answerTokens = null } = request.target
  if (effort === null && answerTokens === null) return request
  const { native: _, body, ...rest } = request
  const isAsked = body.reasoning_effort !== undefined
  return {
    ...rest,
    body: {
      ...body,
      ...(effort !== null && !isAsked && { reasoning_effort: effort }),
      ...(answerTokens !== null && limitOf(body, answerTokens)),
    },
  }
}
