// The generations on disk: what each is doing, how it did on held-out prompts, what the gate thought of it, and the way between them.
import type { GenerationList } from '../../../training/generations/list-generations.ts'
import type { ListedGeneration } from '../../../training/generations/listed-generation.ts'
import { address } from '../../view/address.ts'
import { count, percent } from '../../view/figures.ts'
import { ActionButton } from '../../view/forms.tsx'
import { Badge, Card, type Tone } from '../../view/parts.tsx'
import { type Column, NextPage, Table } from '../../view/table.tsx'
import { Ago } from '../../view/time.tsx'
import { generationPath } from './generation-path.ts'

export const STATUS_TONES: Record<ListedGeneration['status'], Tone> = {
  current: 'good',
  canary: 'info',
  shadow: 'info',
  refused: 'bad',
  kept: 'quiet',
}

export const PAGE_ROWS = 15

export const heldOutShare = ({ heldOut }: ListedGeneration, name: string): number | null =>
  heldOut?.[name] ?? null

const Gate = ({ gate }: ListedGeneration) => {
  if (gate === null) return <span class="muted">not judged</span>
  if (gate.passed) return <Badge tone="good">passed</Badge>
  return <Badge tone="bad">{count(gate.failed.length)} failed</Badge>
}

const Serve = ({ one, current }: { one: ListedGeneration; current: number | null }) => {
  if (one.generation === current || one.problem !== null) return null
  if (one.status === 'refused') return <a href={address(generationPath(one.generation))}>why</a>
  return (
    <ActionButton
      action={`${generationPath(one.generation)}/promote`}
      target="#generations"
      confirm={`Let generation ${one.generation} serve?`}
    >
      {current !== null && one.generation < current ? 'Serve again' : 'Promote'}
    </ActionButton>
  )
}

const columnsOf = (current: number | null): Column<ListedGeneration>[] => [
  {
    title: 'generation',
    cell: ({ generation }) => (
      <a href={address(generationPath(generation))}>{`g${String(generation).padStart(6, '0')}`}</a>
    ),
  },
  {
    title: 'status',
    cell: ({ status }) => <Badge tone={STATUS_TONES[status]}>{status}</Badge>,
  },
  {
    title: 'built',
    cell: ({ createdAtMs }) => (createdAtMs === null ? '–' : <Ago ms={createdAtMs} />),
  },
  { title: 'by', isWide: true, cell: ({ author, trigger }) => author ?? trigger ?? '–' },
  { title: 'exemplars', isNumber: true, cell: ({ exemplars }) => count(exemplars) },
  { title: 'from votes', isNumber: true, cell: ({ fromFeedback }) => count(fromFeedback) },
  { title: 'accuracy', isNumber: true, cell: (one) => percent(heldOutShare(one, 'accuracy')) },
  { title: 'coverage', isNumber: true, cell: (one) => percent(heldOutShare(one, 'coverage')) },
  { title: 'gate', cell: (one) => <Gate {...one} /> },
  { title: '', cell: (one) => <Serve one={one} current={current} /> },
]

interface TableProps {
  list: GenerationList
  /** Only those before this number. */
  before: number | null
}

export const GenerationTable = ({ list, before }: TableProps) => {
  const { current, generations } = list
  const found = generations.filter(({ generation }) => before === null || generation < before)
  const rows = found.toReversed().slice(0, PAGE_ROWS)
  const last = rows.at(-1)?.generation ?? null
  const hasMore = found.length > rows.length
  return (
    <Card
      title="Generations"
      id="generations"
      aside={
        current === null ? null : (
          <ActionButton
            action="/learning/roll-back"
            target="#generations"
            confirm="Serve the generation before the current one again?"
          >
            Roll back
          </ActionButton>
        )
      }
    >
      <Table
        caption="Generations"
        rows={rows}
        empty="No generation was built yet."
        columns={columnsOf(current)}
      />
      <NextPage href={hasMore && last !== null ? address('/learning', { before: last }) : null} />
    </Card>
  )
}
