// One decision that was tried out: where it went and why, how sure that is, what would change it, and which exemplars spoke.

import type { Decision } from '../../../core/types.ts'
import { type Explanation, explain } from '../../../receipts/explain.ts'
import type { Tried } from '../../request/deps.ts'
import { count, milliseconds, percent, ratio } from '../../view/figures.ts'
import { Badge, Card, Facts, Meter, type Tone } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'

const MOST_SCORES = 6
const MOST_NEIGHBOURS = 12

const TONES: Partial<Record<Decision['reason'], Tone>> = {
  matched: 'good',
  session: 'good',
  degraded: 'bad',
}

const Outcome = ({ decision }: { decision: Decision }) => {
  const { route, reason, confidence, threshold } = decision
  return (
    <>
      <p class="verdict">
        <strong>{route}</strong> <Badge tone={TONES[reason] ?? 'warn'}>{reason}</Badge>
      </p>
      {confidence === null ? null : (
        <div class="limit">
          <span>
            {`confidence ${percent(confidence)}`}
            {threshold === null ? '' : `, threshold ${percent(threshold)}`}
          </span>
          <Meter share={confidence} label={`confidence ${percent(confidence)}`} />
        </div>
      )}
    </>
  )
}

const WhatIf = ({ explanation }: { explanation: Explanation | null }) =>
  explanation === null || explanation.whatIf.length === 0 ? null : (
    <>
      <h3>What would change it</h3>
      <ul class="plain-list">
        {explanation.whatIf.map((sentence) => (
          <li>{sentence}</li>
        ))}
      </ul>
    </>
  )

const Parts = ({ explanation }: { explanation: Explanation | null }) =>
  explanation === null ? null : (
    <Table
      caption="What each part of the classifier says alone"
      rows={explanation.parts}
      empty=""
      columns={[
        { title: 'part', cell: ({ part }) => part },
        { title: 'weight', isNumber: true, cell: ({ weight }) => ratio(weight) },
        {
          title: 'says',
          cell: ({ scores }) =>
            scores
              .slice(0, 2)
              .map(({ route, score }) => `${route} ${percent(score)}`)
              .join(', '),
        },
        { title: 'without it', cell: ({ withoutIt }) => withoutIt },
      ]}
    />
  )

const Neighbours = ({ decision, exemplars }: Tried) => (
  <section>
    <h3>Nearest exemplars</h3>
    <Table
      caption="Nearest exemplars"
      rows={decision.neighbours.slice(0, MOST_NEIGHBOURS)}
      empty="No exemplar was asked."
      columns={[
        { title: 'similarity', isNumber: true, cell: ({ similarity }) => ratio(similarity) },
        { title: 'route', cell: ({ route }) => route },
        {
          title: 'exemplar',
          isWide: true,
          cell: ({ exemplarId }) => {
            const text = exemplars.get(exemplarId)?.text ?? exemplarId
            return <span title={text}>{text}</span>
          },
        },
      ]}
    />
  </section>
)

const readFacts = ({ routingText, inherited, timings, neighbours }: Decision) =>
  [
    ['left out', routingText.flags.join(', ') || 'nothing'],
    ...(inherited === null
      ? []
      : ([
          ['inherited', `${inherited.earlier.route}, ${percent(inherited.weight)} of the score`],
        ] as const)),
    ['asked', `${count(neighbours.length)} exemplars in ${milliseconds(timings.totalMs)}`],
  ] as const

const Scores = ({ scores }: Decision) => (
  <section>
    <h3>Scores</h3>
    <Table
      caption="Scores"
      rows={scores.slice(0, MOST_SCORES)}
      empty="Nothing was scored."
      columns={[
        { title: 'route', cell: ({ route }) => route },
        { title: 'score', isNumber: true, cell: ({ score }) => percent(score) },
        {
          title: '',
          isWide: true,
          cell: ({ score }) => <Meter share={score} label={percent(score)} />,
        },
      ]}
    />
  </section>
)

export const TriedCard = ({ tried, title }: { tried: Tried; title: string }) => {
  const { decision } = tried
  const explanation = explain(decision.classification, decision)
  const { indexGeneration, configVersion, model, skipped } = decision
  return (
    <Card title={title}>
      <Outcome decision={decision} />
      <p class="breaks">
        <span class="note">read:</span> {decision.routingText.text}
      </p>
      <Facts
        facts={[
          ['model', model],
          ['generation', indexGeneration === null ? 'none' : String(indexGeneration)],
          ['configuration', <span class="mono">{configVersion}</span>],
          ...readFacts(decision),
          ...(skipped.length === 0
            ? []
            : ([
                ['cannot serve', skipped.map((one) => `${one.model}: ${one.message}`).join(' ')],
              ] as const)),
        ]}
      />
      <WhatIf explanation={explanation} />
      <div class="split">
        <Scores {...decision} />
        <Neighbours {...tried} />
      </div>
      <details>
        <summary>What each part says alone</summary>
        <Parts explanation={explanation} />
      </details>
    </Card>
  )
}
