// What is tried beside the generation that serves: a shadow decides without effect, a canary decides for a share of the sessions.
import type {
  DescribedArms,
  DescribedCanary,
  DescribedShadow,
} from '../../../arms/describe-arms.ts'
import type { ListedGeneration } from '../../../training/generations/listed-generation.ts'
import { address, segment } from '../../view/address.ts'
import { count, percent } from '../../view/figures.ts'
import { ActionButton, ActionForm, Select } from '../../view/forms.tsx'
import { Badge, Card, Facts, Notice, type Tone } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'
import { Ago } from '../../view/time.tsx'
import { generationPath } from './generation-path.ts'

const End = ({ name }: { name: 'shadow' | 'canary' }) => (
  <ActionButton
    action={`/learning/arms/${name}/end`}
    target="#arms"
    tone="danger"
    confirm={`End the ${name}?`}
  >
    End the {name}
  </ActionButton>
)

const Link = ({ number }: { number: number }) => (
  <a href={address(generationPath(number))}>Generation {number}</a>
)

const Problem = ({ problem }: { problem: string | null }) =>
  problem === null ? null : <Notice tone="warn">{problem}</Notice>

const Shadow = ({ shadow }: { shadow: DescribedShadow }) => {
  const { decisions, differing, moves, examples } = shadow.summary
  return (
    <>
      <h3>Shadow</h3>
      <Problem problem={shadow.problem} />
      <Facts
        facts={[
          ['decides beside', <Link number={shadow.generation} />],
          ['since', <Ago ms={shadow.startedAtMs} />],
          ['decisions', count(decisions)],
          ['differ', `${count(differing)} (${percent(decisions ? differing / decisions : null)})`],
        ]}
      />
      {moves.length === 0 ? null : (
        <Table
          caption="Where the shadow differs"
          rows={moves.slice(0, 8)}
          empty="Nowhere."
          columns={[
            { title: 'serving', cell: ({ from }) => from },
            { title: 'shadow', cell: ({ to }) => to },
            { title: 'decisions', isNumber: true, cell: (move) => count(move.decisions) },
          ]}
        />
      )}
      {examples.length === 0 ? null : (
        <details>
          <summary>Examples</summary>
          <Table
            caption="Decisions that differ"
            rows={examples.slice(0, 20)}
            empty="None."
            columns={[
              {
                title: 'prompt',
                isWide: true,
                cell: ({ decisionId, text }) => (
                  <a href={address(`/decisions/${segment(decisionId)}`)}>{text ?? decisionId}</a>
                ),
              },
              { title: 'serving', cell: ({ route }) => route },
              { title: 'shadow', cell: ({ shadowRoute }) => shadowRoute },
            ]}
          />
        </details>
      )}
      <End name="shadow" />
    </>
  )
}

const VERDICTS: Record<DescribedCanary['verdict']['verdict'], Tone> = {
  worse: 'bad',
  held: 'good',
  undecided: 'quiet',
}

const Canary = ({ canary }: { canary: DescribedCanary }) => {
  const { verdict, summary, canary: own, serving } = canary.verdict
  return (
    <>
      <h3>Canary</h3>
      <Problem problem={canary.problem} />
      <p>
        <Badge tone={VERDICTS[verdict]}>{verdict}</Badge> {summary}
      </p>
      <Facts
        facts={[
          ['decides', <Link number={canary.generation} />],
          ['for', `${percent(canary.share, 0)} of the sessions`],
          ['since', <Ago ms={canary.startedAtMs} />],
          ['bad votes', `${count(own.bad)} of ${count(own.votes)}`],
          ['of the serving one', `${count(serving.bad)} of ${count(serving.votes)}`],
        ]}
      />
      <End name="canary" />
    </>
  )
}

const SHARES = ['0.05', '0.1', '0.25', '0.5'].map(
  (share) => [share, `${Number(share) * 100} % of the sessions`] as const,
)

const StartForms = ({ arms, choices }: { arms: DescribedArms; choices: number[] }) => {
  const options = choices.map((number) => [String(number), `Generation ${number}`] as const)
  return (
    <div class="stack">
      {arms.shadow === null ? (
        <ActionForm action="/learning/arms/shadow/start" target="#arms">
          <Select name="generation" label="Let it decide without effect" options={options} />
          <button type="submit">Start a shadow</button>
        </ActionForm>
      ) : null}
      {arms.canary === null ? (
        <ActionForm action="/learning/arms/canary/start" target="#arms">
          <Select name="generation" label="Try it on" options={options} />
          <Select name="share" label="a share" options={SHARES} />
          <button type="submit">Start a canary</button>
        </ActionForm>
      ) : null}
    </div>
  )
}

interface ArmsProps {
  arms: DescribedArms
  generations: readonly ListedGeneration[]
}

export const ArmsCard = ({ arms, generations }: ArmsProps) => {
  const choices = generations
    .filter(({ generation, problem }) => generation !== arms.current && problem === null)
    .map(({ generation }) => generation)
    .reverse()
  const isIdle = arms.shadow === null && arms.canary === null
  return (
    <Card title="Arms" id="arms">
      {isIdle ? <p class="muted">Nothing is tried beside the generation that serves.</p> : null}
      {arms.shadow === null ? null : <Shadow shadow={arms.shadow} />}
      {arms.canary === null ? null : <Canary canary={arms.canary} />}
      {choices.length === 0 ? (
        <p class="note">A second generation is needed: rebuild with changed training data.</p>
      ) : (
        <StartForms arms={arms} choices={choices} />
      )}
    </Card>
  )
}
