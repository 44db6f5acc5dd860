// Reasons and outcomes as words with a colour, the same wherever they stand.
import { Badge, type Tone } from '../../view/parts.tsx'

const REASONS: Record<string, Tone> = {
  matched: 'good',
  session: 'info',
  words: 'info',
  pinned: 'info',
  experiment: 'info',
  below_threshold: 'warn',
  none_of_the_above: 'warn',
  unconfigured_route: 'warn',
  constrained: 'warn',
  degraded: 'bad',
}

const OUTCOMES: Record<string, Tone> = {
  failed: 'bad',
  interrupted: 'bad',
  client_closed: 'warn',
}

export const ReasonBadge = ({ reason }: { reason: string }) => (
  <Badge tone={REASONS[reason] ?? 'quiet'}>{reason}</Badge>
)

/** Served is the rule, and says nothing loudly. */
export const OutcomeBadge = ({ outcome }: { outcome: string }) => {
  const tone = OUTCOMES[outcome]
  return tone ? <Badge tone={tone}>{outcome}</Badge> : <span class="muted">{outcome}</span>
}
