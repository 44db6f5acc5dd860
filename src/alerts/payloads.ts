// Changes of alerts → request bodies of each kind of target. Simultaneous changes are one message; PagerDuty takes one per alert, and
// matches its beginning and end by a key.
import type { AlertChange } from '../core/alerting/alert.ts'

export type TargetKind = 'webhook' | 'slack' | 'teams' | 'pagerduty'

export interface AlertMessage {
  changes: readonly AlertChange[]
  /** Host name of this machine, to distinguish servers. */
  source: string
  atMs: number
  /** PagerDuty's routing key. */
  routingKey: string
}

const iso = (atMs: number): string => new Date(atMs).toISOString()

const nameOf = ({ kind, subject }: AlertChange): string => (subject ? `${kind} ${subject}` : kind)

const lineOf = (change: AlertChange): string =>
  change.state === 'firing'
    ? `${change.severity.toUpperCase()} ${nameOf(change)}: ${change.summary}`
    : `RESOLVED ${nameOf(change)}, which began at ${iso(change.sinceMs)}.`

const webhook = ({ changes, source, atMs }: AlertMessage): object[] => [
  {
    source: `signalbox@${source}`,
    sent_at: iso(atMs),
    alerts: changes.map((change) => ({
      kind: change.kind,
      subject: change.subject,
      severity: change.severity,
      state: change.state,
      summary: change.summary,
      at: iso(change.atMs),
      since: iso(change.sinceMs),
    })),
  },
]

/** Slack interprets these characters as the beginning of links and mentions. */
const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const slack = ({ changes, source }: AlertMessage): object[] => [
  { text: [`Signalbox on ${source}`, ...changes.map(lineOf)].map(escapeSlack).join('\n') },
]

const teams = ({ changes, source }: AlertMessage): object[] => {
  const block = (text: string) => ({ type: 'TextBlock', text, wrap: true })
  const title = { ...block(`Signalbox on ${source}`), weight: 'Bolder' }
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [title, ...changes.map((change) => block(lineOf(change)))],
  }
  const contentType = 'application/vnd.microsoft.card.adaptive'
  return [{ type: 'message', attachments: [{ contentType, content }] }]
}

const pagerduty = ({ changes, source, routingKey }: AlertMessage): object[] =>
  changes.map((change) => ({
    routing_key: routingKey,
    event_action: change.state === 'firing' ? 'trigger' : 'resolve',
    dedup_key: `signalbox/${source}/${change.kind}/${change.subject}`,
    payload: {
      summary: `${nameOf(change)}: ${change.summary}`.slice(0, 1_024),
      source,
      severity: change.severity,
      timestamp: iso(change.atMs),
      component: change.subject || 'signalbox',
      class: change.kind,
    },
  }))

const FORMS: Record<TargetKind, (message: AlertMessage) => object[]> = {
  webhook,
  slack,
  teams,
  pagerduty,
}

export const payloadsOf = (kind: TargetKind, message: AlertMessage): object[] =>
  FORMS[kind](message)
