// One decision: what was classified, what each part said, who spoke for which route, which model was asked and why, and the
// buttons that make the next one better.
import { z } from 'zod'
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import { RouterError } from '../../../errors.ts'
import { receiptJson } from '../../../http/endpoints/decision-json.ts'
import type { Desk } from '../../request/desk.ts'
import { defineFragment, definePage, type View } from '../../request/part.ts'
import { address, segment } from '../../view/address.ts'
import { milliseconds, percent, ratio, usd } from '../../view/figures.ts'
import { Card, Facts, Grid, Tile, Tiles } from '../../view/parts.tsx'
import { When } from '../../view/time.tsx'
import { AttemptsCard } from './attempts.tsx'
import { ModelCard } from './model-choice.tsx'
import { NeighboursCard } from './neighbours.tsx'
import { PromptCard } from './prompt.tsx'
import { ReceiptCard, ReceiptWanted } from './receipt.tsx'
import { ScoresCard } from './scores.tsx'
import { OutcomeBadge, ReasonBadge } from './tones.tsx'
import { readVotes, VotesCard } from './votes.tsx'

/** @throws RouterError `decision_not_found` */
export const decisionOf = async ({ deps }: Desk, id: string): Promise<StoredDecision> => {
  const stored = await deps.store.getDecision(id)
  if (stored) return stored
  throw new RouterError('decision_not_found', 'No stored decision has this id.')
}

const Head = ({ decision }: { decision: StoredDecision }) => {
  const { confidence, threshold, completion } = decision
  return (
    <Tiles>
      <Tile name="Route" value={decision.route} note={<ReasonBadge reason={decision.reason} />} />
      <Tile
        name="Confidence"
        value={percent(confidence)}
        note={threshold === null ? 'held against nothing' : `threshold ${percent(threshold)}`}
      />
      <Tile
        name="Model"
        value={completion?.model ?? decision.model}
        note={<OutcomeBadge outcome={decision.outcome} />}
      />
      <Tile
        name="Time"
        value={milliseconds(completion?.totalMs ?? null)}
        note={`first token ${milliseconds(completion?.firstTokenMs ?? null)}`}
      />
      <Tile
        name="Cost"
        value={usd(completion?.costUsd ?? null)}
        note={completion?.cache ? `answer kept (${completion.cache})` : tokensNote(decision)}
      />
    </Tiles>
  )
}

const tokensNote = ({ completion }: StoredDecision): string => {
  const usage = completion?.usage
  return usage ? `${usage.promptTokens} + ${usage.completionTokens} tokens` : 'tokens not known'
}

const SessionLink = ({ sessionId }: Pick<StoredDecision, 'sessionId'>) =>
  sessionId === null ? (
    <>none</>
  ) : (
    <a href={address('/decisions', { session: sessionId })}>{sessionId}</a>
  )

const KeyLink = ({ principal }: Pick<StoredDecision, 'principal'>) =>
  principal === null ? (
    <>not known</>
  ) : (
    <a href={address('/decisions', { key: principal })}>{principal}</a>
  )

const FactsCard = ({ decision }: { decision: StoredDecision }) => (
  <Card title="Request">
    <Facts
      facts={[
        ['decided', <When ms={decision.createdAtMs} />],
        ['asked for', <span class="mono">{decision.requestedModel}</span>],
        ['key', <KeyLink principal={decision.principal} />],
        ['session', <SessionLink sessionId={decision.sessionId} />],
        ['request id', <span class="mono">{decision.requestId}</span>],
        ['decision id', <span class="mono">{decision.id}</span>],
        ['generation', decision.indexGeneration ?? 'none'],
        ['arm', decision.arm ?? 'none'],
        ['configuration', <span class="mono">{decision.configVersion}</span>],
        ['deciding took', milliseconds(decision.timings.totalMs)],
        ['margin to the second route', ratio(decision.margin)],
        ['degraded by', decision.degradedBy ?? 'nothing'],
      ]}
    />
  </Card>
)

const RawJson = ({ desk, decision }: { desk: Desk; decision: StoredDecision }) => {
  const { exemplars } = desk.deps
  const json = receiptJson(decision, { exemplars, withEmbedding: false })
  return (
    <Card title="Raw JSON">
      <details>
        <summary>As GET /v1/decisions/{decision.id} answers it</summary>
        <pre>{JSON.stringify(json, null, 2)}</pre>
      </details>
    </Card>
  )
}

const decisionQuery = z.object({ explain: z.string().optional() })

export const decisionPage = definePage({
  path: '/decisions/:id',
  title: 'Decision',
  query: decisionQuery,
  view: async (desk, { query, params: { id = '' } }): Promise<View> => {
    const decision = await decisionOf(desk, id)
    const votes = await readVotes(desk, decision)
    const receipt = query.explain === undefined ? null : await desk.deps.explainDecision(id)
    return (
      <>
        <Head decision={decision} />
        <PromptCard decision={decision} />
        <VotesCard {...votes} />
        {receipt ? <ReceiptCard receipt={receipt} /> : <ReceiptWanted id={id} />}
        <Grid>
          <ScoresCard decision={decision} />
          <NeighboursCard decision={decision} texts={textsOf(desk, decision)} />
        </Grid>
        <Grid>
          <ModelCard decision={decision} />
          <AttemptsCard decision={decision} />
        </Grid>
        <FactsCard decision={decision} />
        <RawJson desk={desk} decision={decision} />
      </>
    )
  },
})

const textsOf = ({ deps }: Desk, { neighbours }: StoredDecision) =>
  deps.exemplars(neighbours.map(({ exemplarId }) => exemplarId))

/** Making a decision again takes a process of its own: the page is there before. */
export const receiptFragment = defineFragment({
  path: '/decisions/:id/receipt',
  query: z.object({}),
  view: async ({ deps }, { params: { id = '' } }) => (
    <ReceiptCard receipt={await deps.explainDecision(id)} />
  ),
})

export const decisionAddress = (id: string): string => `/decisions/${segment(id)}`
