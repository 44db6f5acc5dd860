// Items of the review queue as text.
import type {
  CandidateItem,
  DecisionItem,
  NewRouteItem,
  ReviewItem,
  ReviewList,
} from '../../src/training/review/review-item.ts'
import { percent, preview } from '../terminal/output.ts'

const SHOWN_EXEMPLARS = 5
const NO_TEXT = '(text not stored)'

const quoted = (text: string | null): string =>
  text === null ? NO_TEXT : JSON.stringify(preview(text))

const describeDecision = (item: DecisionItem): string[] => [
  `decision   ${item.id}`,
  `  ${quoted(item.text)}`,
  ...(item.text === null
    ? item.nearest.map(
        ({ route, similarity, text }) =>
          `  near ${similarity.toFixed(2)} ${route}: ${quoted(text)}`,
      )
    : []),
  `  taken ${item.route} (${item.reason}); best ${item.best.map(({ route, score }) => `${route} ${percent(score)}`).join(', ')}`,
  `  ${item.why}`,
]

const describeCandidate = (item: CandidateItem): string[] => [
  `candidate  ${item.id}`,
  `  ${quoted(item.text)} → ${item.route}`,
  `  ${item.why}`,
]

const describeNewRoute = (item: NewRouteItem): string[] => {
  const hidden = item.exemplars.length - SHOWN_EXEMPLARS
  return [
    `new route  ${item.id}  ${item.name}`,
    `  ${item.description} ${item.why}`,
    ...item.exemplars.slice(0, SHOWN_EXEMPLARS).map(({ text }) => `  · ${quoted(text)}`),
    ...(hidden > 0 ? [`  · … and ${hidden} more`] : []),
  ]
}

export const describeItem = (item: ReviewItem): string[] => {
  switch (item.kind) {
    case 'decision':
      return describeDecision(item)
    case 'candidate':
      return describeCandidate(item)
    case 'new_route':
      return describeNewRoute(item)
  }
}

export const describeList = ({ items, decisions, generation }: ReviewList): string[] => {
  const basis = `${decisions} distinct past prompts, judged by ${generation === null ? 'no generation' : `generation ${generation}`}`
  if (items.length === 0) return [`Nothing to review (${basis}).`]
  return [...items.flatMap((item) => [...describeItem(item), '']), `From ${basis}.`]
}
