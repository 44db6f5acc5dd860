// A rebuild: begun by a button, followed while it runs, and what the last one came to.
import type {
  FinishedRebuild,
  RebuildState,
  RunningRebuild,
} from '../../../training/rebuild/background-rebuilds.ts'
import { address } from '../../view/address.ts'
import { count, milliseconds, percent } from '../../view/figures.ts'
import { ActionForm, Select } from '../../view/forms.tsx'
import { Badge, Facts, Meter, Notice, type Tone } from '../../view/parts.tsx'
import { Ago } from '../../view/time.tsx'
import { generationPath } from './generation-path.ts'

const STAGES: Record<RunningRebuild['stage'], string> = {
  embed: 'embedding texts',
  fit: 'fitting the classifier',
  evaluate: 'measuring on held-out prompts',
  graph: 'building the index',
  gate: 'holding it against what serves',
}

const Running = ({ running }: { running: RunningRebuild }) => {
  const { stage, done, total, author, startedAtMs } = running
  const share = total === 0 ? 0 : done / total
  return (
    <>
      <p>
        <Badge tone="info">running</Badge> {STAGES[stage]}
        {total > 1 ? `, ${count(done)} of ${count(total)}` : ''}
      </p>
      <Meter share={share} label={percent(share, 0)} />
      <p class="note">
        begun by {author} <Ago ms={startedAtMs} />
      </p>
      <noscript>
        <a href={address('/learning')}>Look again</a>
      </noscript>
    </>
  )
}

const TONES: Record<string, Tone> = {
  promoted: 'good',
  canary: 'info',
  refused: 'bad',
  kept: 'quiet',
  unchanged: 'quiet',
}

const Finished = ({ last }: { last: FinishedRebuild }) => {
  const { report, error, finishedAtMs, author } = last
  if (report === null) return <Notice tone="bad">{error?.message ?? 'It failed.'}</Notice>
  const { outcome, reason, generation, fromFeedback, queued, quarantined, durationMs } = report
  return (
    <>
      <p>
        <Badge tone={TONES[outcome] ?? 'quiet'}>{outcome}</Badge>{' '}
        <a href={address(generationPath(generation))}>Generation {generation}</a>. {reason}
      </p>
      <Facts
        facts={[
          ['from votes', count(fromFeedback.accepted.length)],
          ['wait for a person', count(queued.length)],
          ['quarantined', count(quarantined.length)],
          ['took', milliseconds(durationMs)],
          ['asked by', author],
          ['ended', <Ago ms={finishedAtMs} />],
        ]}
      />
    </>
  )
}

const MODES = [
  ['auto', 'Promote it where it passes the gate'],
  ['never', 'Build and judge it only'],
] as const

const BeginForm = () => (
  <ActionForm action="/learning/rebuild" target="#rebuild">
    <Select name="promote" label="What becomes of it" options={MODES} />
    <button type="submit" class="main">
      Rebuild
    </button>
  </ActionForm>
)

/** Asks for itself while a rebuild runs; when that has ended, the page is read anew. */
export const RebuildCard = ({ state, newVotes }: { state: RebuildState; newVotes: number }) => {
  const { running, last } = state
  const polling = running === null ? {} : { 'hx-trigger': 'every 1s', 'hx-swap': 'outerHTML' }
  return (
    <section
      class="card"
      id="rebuild"
      hx-get={running === null ? undefined : address('/learning/rebuild')}
      {...polling}
    >
      <div class="card-head">
        <h2>Rebuild</h2>
        <span class="muted">{count(newVotes)} votes since the last build</span>
      </div>
      {running === null ? null : <Running running={running} />}
      {running === null && last !== null ? <Finished last={last} /> : null}
      {running === null && last === null ? (
        <p class="muted">
          Training data and votes become the next generation, which serves where it passes the gate.
        </p>
      ) : null}
      {running === null ? <BeginForm /> : null}
    </section>
  )
}
