// Fits a request's parameters to a model of a provider: which are sent or mapped, which are dropped and reported, and which cannot be
// dropped.
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'
import { fieldOf, OURS } from './fields.ts'
import { lacksOfModel } from './models.ts'
import type { TargetParameters } from './targets.ts'

export type Treatment = 'ours' | 'sent' | 'mapped' | 'dropped' | 'refused'

/** How a parameter with a value other than its default is treated. */
export const treatmentOf = (
  name: string,
  target: TargetParameters,
  lacks: ReadonlySet<string> = new Set(),
): Treatment => {
  if (OURS.has(name)) return 'ours'
  const isLacking = target.lacks.has(name) || lacks.has(name)
  if (!isLacking) {
    if (Object.hasOwn(target.mapped, name)) return 'mapped'
    if (target.sent.has(name) || target.isOpen) return 'sent'
  }
  return fieldOf(name).effect === 'means' ? 'refused' : 'dropped'
}

export interface Fit {
  /** The body without the router's own and dropped fields; the same object where there are none. */
  body: ChatBody
  /** Dropped parameters with a non-default value. */
  dropped: string[]
  /** Those of them that affect the answer, not only its accounting. */
  lost: string[]
  /** Unsupported parameters that cannot be dropped without changing the request. */
  refused: string[]
}

export interface FitOptions {
  target: TargetParameters
  /** The model's name at the provider. */
  model: string
  /** Parameters that the provider refused for this model before. */
  learnt: ReadonlySet<string>
}

export const fitParameters = (body: ChatBody, { target, model, learnt }: FitOptions): Fit => {
  const known = lacksOfModel(model)
  const lacks = learnt.size === 0 ? known : new Set([...known, ...learnt])
  const fit: Fit = { body, dropped: [], lost: [], refused: [] }
  const left: string[] = []
  for (const [name, value] of Object.entries(body)) {
    const treatment = treatmentOf(name, target, lacks)
    if (treatment === 'sent' || treatment === 'mapped') continue
    left.push(name)
    const { effect, isUsual = () => false } = fieldOf(name)
    if (treatment === 'ours' || value === null || value === undefined || isUsual(value)) continue
    if (treatment === 'refused') fit.refused.push(name)
    else fit.dropped.push(name)
    if (treatment === 'dropped' && effect === 'tunes') fit.lost.push(name)
  }
  if (left.length > 0) fit.body = withoutFields(body, left)
  return fit
}

/** The body without these fields. */
export const withoutFields = (body: ChatBody, names: readonly string[]): ChatBody =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name))) as ChatBody
