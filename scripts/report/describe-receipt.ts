// A receipt for people: what was asked and taken, whether it comes out the same, who said what, and what would have changed it.
import type { Feedback } from '../../src/core/records/feedback.ts'
import type { Explanation } from '../../src/receipts/explain.ts'
import type { AskedExemplar, Difference, Receipt } from '../../src/receipts/receipt.ts'
import { percent, preview } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

const SHOWN_DIFFERENCES = 12
const SHOWN_EXEMPLARS = 8
const SHOWN_SCORES = 3

const VERDICTS: Record<Receipt['verdict'], string> = {
  reproduced: 'reproduced: made again, it comes out the same, figures to 1e-9',
  differs: 'DIFFERS from what was recorded',
  not_reproducible: 'not reproducible: something that it was made from is gone',
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

/** Nothing where there is nothing to say. */
const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...indented(lines)]

const askedFor = ({ decision: { routingText } }: Receipt): string => {
  if (routingText.text !== '') return preview(routingText.text)
  if (!routingText.hasSignal) return '(nothing that says what it is about)'
  const { digest } = routingText
  return digest === '' ? '(text not stored)' : `(text not stored, sha256 ${digest.slice(0, 16)}…)`
}

const head = (receipt: Receipt): string[] => {
  const { decision } = receipt
  const { route, reason, degradedBy, confidence, threshold } = decision
  const generation = decision.indexGeneration ?? '–'
  const arm = decision.arm === 'canary' ? ', as the canary' : ''
  return [
    `decision    ${decision.id}, ${new Date(decision.createdAtMs).toISOString()}`,
    `asked       ${askedFor(receipt)}`,
    `route       ${route} (${reason}${degradedBy ? ` by ${degradedBy}` : ''})`,
    `model       ${decision.model}, asked for as ${decision.requestedModel}`,
    ...(confidence === null
      ? []
      : [`confidence  ${percent(confidence)} against a threshold of ${percent(threshold)}`]),
    `made from   generation ${generation}${arm}, configuration ${decision.configVersion}`,
    `verdict     ${VERDICTS[receipt.verdict]}`,
  ]
}

const shown = (value: Difference['stored']): string =>
  value === null ? '–' : typeof value === 'number' ? value.toPrecision(10) : value

const differenceLines = (differences: readonly Difference[]): string[] => {
  if (differences.length === 0) return []
  const rows = differences
    .slice(0, SHOWN_DIFFERENCES)
    .map(({ field, stored, remade }) => [field, shown(stored), shown(remade)])
  const more = differences.length - SHOWN_DIFFERENCES
  return [
    ...table([['', 'recorded', 'made again'], ...rows]),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

const partLines = ({ parts }: Explanation): string[] => [
  ...table([
    ['part', 'weight', 'without it', 'its own order'],
    ...parts.map(({ part, weight, withoutIt, scores }) => [
      part,
      weight.toFixed(2),
      withoutIt,
      scores
        .slice(0, SHOWN_SCORES)
        .map(({ route, score }) => `${route} ${percent(score)}`)
        .join(', '),
    ]),
  ]),
]

const whatIfLines = (explanation: Explanation): string[] => [
  ...(explanation.twinShare > 0
    ? [`Near twins among the exemplars decided ${percent(explanation.twinShare)} of it.`]
    : []),
  ...explanation.whatIf,
]

const exemplarLines = (exemplars: readonly AskedExemplar[]): string[] => {
  const lines = exemplars.slice(0, SHOWN_EXEMPLARS).map(({ similarity, route, text, isFor }) => {
    const words = text === null ? '(its generation is gone)' : preview(text || '(text not stored)')
    return `${isFor ? '+' : ' '} ${similarity.toFixed(3)}  ${route}: ${words}`
  })
  const more = exemplars.length - SHOWN_EXEMPLARS
  return more > 0 ? [...lines, `  and ${more} more`] : lines
}

const voteLine = ({ verdict, correctRoute, source, principal, comment }: Feedback): string => {
  const correction = correctRoute ? `, ${correctRoute} would have been right` : ''
  return `${verdict}${correction} (${source}, by ${principal})${comment ? `: ${preview(comment)}` : ''}`
}

const inheritedLines = ({ decision: { inherited } }: Receipt): string[] => {
  if (!inherited) return []
  const { weight, earlier, cues } = inherited
  return [
    `${percent(weight)} of an earlier turn that went to ${earlier.route} (${percent(earlier.confidence)})`,
    `its wording: ${cues.join(', ')}`,
  ]
}

const figure = (value: number | null, unit = ''): string =>
  value === null ? '–' : `${Number(value.toPrecision(3))}${unit}`

const selectionLines = ({ decision: { selection } }: Receipt): string[] => {
  if (!selection) return []
  const { policy, held, candidates } = selection
  return [
    `by ${policy}${held ? `, in a conversation with ${held.model}` : ''}`,
    ...table([
      ['model', 'chance', 'expected USD', 'answer', 'first token', 'a second'],
      ...candidates.map((one) => [
        one.model,
        percent(one.propensity),
        figure(one.costUsd),
        `${one.completionTokens} tokens`,
        figure(one.firstTokenMs, ' ms'),
        figure(one.tokensPerSecond, ' tokens'),
      ]),
    ]),
  ]
}

export const describeReceipt = (receipt: Receipt): string[] => {
  const { explanation, decision } = receipt
  return [
    ...head(receipt),
    ...section('why', receipt.reasons),
    ...section('differences', differenceLines(receipt.differences)),
    ...section('what each part said', explanation ? partLines(explanation) : []),
    ...section('taken over from the conversation', inheritedLines(receipt)),
    ...section('how the model was chosen', selectionLines(receipt)),
    ...section(
      'models passed over',
      decision.skipped.map(({ model, message }) => `${model} ${message}`),
    ),
    ...section('exemplars that were asked', exemplarLines(receipt.exemplars)),
    ...section('what if', explanation ? whatIfLines(explanation) : []),
    ...section('taken as recorded', receipt.notes),
    ...section('votes', receipt.votes.map(voteLine)),
  ]
}
