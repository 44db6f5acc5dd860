// One request's parameters against what one model of one provider takes: which are sent, in other words or not, which are
// left out and named, which cannot be left out.
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'
import { fieldOf, OURS } from './fields.ts'
import { lacksOfModel } from './models.ts'
import type { TargetParameters } from './targets.ts'

export type Treatment = 'ours' | 'sent' | 'mapped' | 'dropped' | 'refused'

/** What becomes of a parameter that is given and asks for something. */
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
  /** Without what is ours and what is dropped; the same body where nothing is. */
  body: ChatBody
  /** Left out, though they asked for something. */
  dropped: string[]
  /** Of these, such as change how the answer is made, rather than how it is accounted for. */
  lost: string[]
  /** Cannot be left out without changing what is asked. */
  refused: string[]
}

export interface FitOptions {
  target: TargetParameters
  /** The model's name at the provider. */
  model: string
  /** Parameters that the provider has refused for this model before. */
  learnt: ReadonlySet<string>
}

export const fitParameters = (body: ChatBody, { target, model, learnt }: FitOptions): Fit => {
  const lacks = new Set([...lacksOfModel(model), ...learnt])
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
