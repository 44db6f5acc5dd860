// Actions: a model with a reasoning effort and a limit of its answer, as a route may list it. Each counts as a model of its own,
// `MODEL@EFFORT-TOKENS`, so that its outcomes, speed and costs are separate.
import { z } from 'zod'

export const EFFORTS = ['minimal', 'low', 'medium', 'high'] as const
type Effort = (typeof EFFORTS)[number]

export interface Action {
  model: string
  effort: Effort | null
  answerTokens: number | null
}

const idOf = ({ model, effort, answerTokens }: Action): string => {
  const how = [effort, answerTokens].filter((part) => part !== null)
  return how.length === 0 ? model : `${model}@${how.join('-')}`
}

const SUFFIX = /^(?:(minimal|low|medium|high)(?:-([1-9]\d{0,8}))?|([1-9]\d{0,8}))$/

/** The action of an id; null for a plain model. */
export const actionOf = (id: string): Action | null => {
  const at = id.lastIndexOf('@')
  const found = at > 0 ? SUFFIX.exec(id.slice(at + 1)) : null
  if (!found) return null
  const tokens = found[2] ?? found[3]
  return {
    model: id.slice(0, at),
    effort: (found[1] as Effort | undefined) ?? null,
    answerTokens: tokens === undefined ? null : Number(tokens),
  }
}

const actionSchema = z.strictObject({
  model: z.string().describe('A configured model id.'),
  effort: z.enum(EFFORTS).nullable().default(null),
  answer_tokens: z.int().positive().max(999_999_999).nullable().default(null),
})

/** Model ids in any of the accepted forms. */
export const routeModelSchema = z.union([
  z.string(),
  actionSchema.transform(({ model, effort, answer_tokens: answerTokens }) =>
    idOf({ model, effort, answerTokens }),
  ),
])
