// What a receipt says beside its figures: what was taken as recorded, and what may have made a decision come out otherwise.
import { WORDS_FIRST } from '../core/decide/decide-turn.ts'
import { CURRENT_RECIPE } from '../core/decide/recipe.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import type { Evidence } from './evidence.ts'
import type { OpenGeneration } from './kept-generations.ts'
import type { KeptTurn } from './kept-turn.ts'
import type { Difference } from './receipt.ts'

const TURN_NOTES: Record<NonNullable<StoredDecision['inherited']>['source'], string> = {
  history:
    'The earlier turn’s classification is taken as recorded: its text belongs to the request’s history, which is not kept.',
  memory:
    'The earlier turn’s classification and its weight are taken as recorded: it came from memory, and fades with time.',
  tool_loop: 'A step of a tool loop keeps the route of its first step, which is taken as recorded.',
}

const REASON_NOTES: Partial<Record<StoredDecision['reason'], string>> = {
  pinned: 'The caller pinned this; nothing was classified.',
  no_signal: 'Nothing in the prompt says what it is about; the default route follows.',
}

const recipeNote = ({ recipe }: StoredDecision): string[] =>
  recipe === CURRENT_RECIPE
    ? []
    : [
        `It was made, and is made again, by version ${recipe} of the rules; new decisions are made by version ${CURRENT_RECIPE}.`,
      ]

const keyNote = ({ decision, key }: Evidence): string[] => {
  const { principal } = decision
  if (!principal || principal === 'local') return []
  if (!key) return [`The key ${principal} is not known here; it is taken to have had no limits.`]
  if (key.models === null && key.routes === null) return []
  return [`The models and routes of key ${principal} are those that it has now.`]
}

const degradedNotes = ({ degradedBy }: StoredDecision, turn: KeptTurn | null): string[] => {
  if (degradedBy === null) return []
  if (degradedBy === WORDS_FIRST) {
    return [
      'The encoder was busy, and the words were sure enough to decide as all parts together do.',
    ]
  }
  const what =
    turn === null
      ? 'Nothing was classified; the route follows from the configuration alone.'
      : 'The words alone decided: these were sure enough, and the encoder did not answer in time.'
  return [`It was degraded by ${degradedBy}.`, what]
}

/** What was taken as recorded. */
export const notesOf = (evidence: Evidence, turn: KeptTurn | null): string[] => {
  const { decision } = evidence
  const { inherited, skipped, routingText } = decision
  const reason = REASON_NOTES[decision.reason]
  return [
    ...recipeNote(decision),
    ...degradedNotes(decision, turn),
    ...(reason ? [reason] : []),
    ...(inherited ? [TURN_NOTES[inherited.source]] : []),
    ...(turn?.wordLogits && routingText.text === ''
      ? ['What the words said is taken as recorded: the text is not kept.']
      : []),
    ...(turn?.isEmbeddedAnew ? ['The embedding was made anew from the text.'] : []),
    ...(skipped.length > 0
      ? [
          `That ${skipped.map(({ model }) => model).join(', ')} could not serve is taken as recorded: the request’s body is not kept.`,
        ]
      : []),
    ...keyNote(evidence),
  ]
}

/** Other processors round sums of float32 otherwise, by about this much. */
const ROUNDING = 1e-4

const isRounding = ({ stored, remade }: Difference): boolean =>
  typeof stored === 'number' && typeof remade === 'number' && Math.abs(stored - remade) < ROUNDING

const NEIGHBOUR = /^neighbours\./
const CHOICE = new Set(['route', 'model', 'reason'])

/** Confidence is that of the route, so that it goes with it. */
const isChoiceAlone = (fields: readonly string[]): boolean =>
  fields.some((field) => CHOICE.has(field)) &&
  fields.every((field) => CHOICE.has(field) || field === 'confidence')

/** What may have made it come out otherwise; at least one sentence. */
export const causesOf = (
  differences: readonly Difference[],
  { evidence, opened, turn }: Made,
): string[] => {
  const causes: string[] = []
  const { key } = evidence
  const fields = differences.map(({ field }) => field)
  const { searchProblem } = opened?.generation ?? {}
  if (searchProblem !== undefined && fields.some((field) => NEIGHBOUR.test(field))) {
    causes.push(
      `The codes or the graph of the generation do not serve (${searchProblem}), so its neighbours were found by exact search; the decision may have been made by them.`,
    )
  }
  if (turn?.isEmbeddedAnew) {
    causes.push('The embedding was made anew, and may differ from the one that was decided on.')
  }
  if (fields.includes('routing_text.digest')) {
    causes.push('The stored text is not the one that was decided on: its digest differs.')
  }
  if (key && (key.models || key.routes) && isChoiceAlone(fields)) {
    causes.push(`Key ${key.id} may have been allowed other models or routes then.`)
  }
  if (causes.length > 0) return causes
  if (differences.every(isRounding)) {
    return ['The numbers differ by rounding: another processor, or another build of the program.']
  }
  return [
    'The stored decision does not follow from what it names: the row was changed since, or it was made by another version of the program.',
  ]
}

export interface Made {
  evidence: Evidence
  opened: OpenGeneration | null
  turn: KeptTurn | null
}
