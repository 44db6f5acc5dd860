// What was classified of the prompt, what was left out of it, and what the decision took over from earlier turns.
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import { visible } from '../../../core/visible.ts'
import { percent } from '../../view/figures.ts'
import { Badge, Card, Empty } from '../../view/parts.tsx'

/** Line breaks stay; whatever else a reader could not see becomes an escape. */
const shown = (text: string): string => text.split('\n').map(visible).join('\n')

const LeftOut = ({ routingText }: Pick<StoredDecision, 'routingText'>) => {
  const { flags, isTruncated, hasSignal } = routingText
  const notes = [
    ...(isTruncated ? ['truncated'] : []),
    ...(hasSignal ? [] : ['nothing to classify']),
    ...flags,
  ]
  if (notes.length === 0) return <span class="note">nothing was left out</span>
  return (
    <span class="row">
      {notes.map((note) => (
        <Badge tone="info">{note}</Badge>
      ))}
    </span>
  )
}

const Inherited = ({ inherited }: Pick<StoredDecision, 'inherited'>) => {
  if (inherited === null) return null
  const { source, weight, earlier, cues } = inherited
  return (
    <p class="note">
      Taken over from an earlier turn ({source}): {earlier.route} with a weight of {percent(weight)}
      {cues.length > 0 ? `; cues: ${cues.join(', ')}` : ''}.
    </p>
  )
}

export const PromptCard = ({ decision }: { decision: StoredDecision }) => {
  const { routingText, inherited } = decision
  return (
    <Card title="Routing text" aside={<LeftOut routingText={routingText} />}>
      {routingText.text === '' ? (
        <Empty>The text is not stored (storage.store_text).</Empty>
      ) : (
        <pre class="prompt">{shown(routingText.text)}</pre>
      )}
      <Inherited inherited={inherited} />
    </Card>
  )
}
