// What was done with generations, by whom and why.
import type { DescribedGeneration } from '../../../training/generations/listed-generation.ts'
import { address } from '../../view/address.ts'
import { Badge } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'
import { Ago } from '../../view/time.tsx'
import { generationPath } from './generation-path.ts'

type HistoryEvent = DescribedGeneration['history'][number]

export const HistoryTable = ({ events }: { events: readonly HistoryEvent[] }) => (
  <Table
    caption="History"
    rows={events}
    empty="Nothing was done yet."
    columns={[
      { title: 'when', cell: ({ atMs }) => <Ago ms={atMs} /> },
      { title: 'what', cell: ({ action }) => action.replace('_', ' ') },
      {
        title: 'generation',
        isNumber: true,
        cell: ({ generation }) => (
          <a href={address(generationPath(generation))}>{String(generation)}</a>
        ),
      },
      { title: 'by', cell: ({ author }) => author },
      {
        title: 'why',
        isWide: true,
        cell: ({ reason, forced }) => (
          <>
            {forced ? <Badge tone="warn">against the gate</Badge> : null} {reason}
          </>
        ),
      },
    ]}
  />
)
