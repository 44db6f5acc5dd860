// The receipt: whether the decision comes out the same when it is made again, what each part of the classifier said, and what
// would have had to differ.
import type { PartSay } from '../../../receipts/explain.ts'
import type { Difference, Receipt, ReceiptVerdict } from '../../../receipts/receipt.ts'
import { address, segment } from '../../view/address.ts'
import { percent, ratio } from '../../view/figures.ts'
import { Badge, Card, type Tone } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'

const VERDICTS: Record<ReceiptVerdict, { tone: Tone; text: string }> = {
  reproduced: { tone: 'good', text: 'reproduced' },
  differs: { tone: 'bad', text: 'differs' },
  not_reproducible: { tone: 'warn', text: 'not reproducible' },
}

const NAMES: Record<PartSay['part'], string> = {
  head: 'trained head',
  neighbours: 'nearest exemplars',
  centroids: 'centroids',
  words: 'words',
}

const PART_COLUMNS: readonly Column<PartSay>[] = [
  { title: 'part', cell: ({ part }) => NAMES[part] },
  { title: 'weight', isNumber: true, cell: ({ weight }) => weight.toFixed(2) },
  { title: 'says', cell: ({ scores }) => scores[0]?.route ?? '–' },
  { title: 'with', isNumber: true, cell: ({ scores }) => percent(scores[0]?.score ?? null) },
  {
    title: 'then',
    isWide: true,
    cell: ({ scores }) =>
      scores
        .slice(1, 4)
        .map(({ route, score }) => `${route} ${percent(score)}`)
        .join(', '),
  },
  { title: 'without it', cell: ({ withoutIt }) => withoutIt },
]

const sideText = (value: string | number | null): string =>
  typeof value === 'number' ? ratio(value) : (value ?? '–')

const DIFFERENCE_COLUMNS: readonly Column<Difference>[] = [
  { title: 'field', cell: ({ field }) => field },
  { title: 'stored', cell: ({ stored }) => sideText(stored) },
  { title: 'made again', cell: ({ remade }) => sideText(remade) },
]

const Sentences = ({ sentences }: { sentences: readonly string[] }) =>
  sentences.length === 0 ? null : (
    <ul class="sentences">
      {sentences.map((sentence) => (
        <li>{sentence}</li>
      ))}
    </ul>
  )

const Parts = ({ explanation }: Pick<Receipt, 'explanation'>) => {
  if (explanation === null) return null
  const { parts, whatIf, twinShare, novelty, noveltyLimit } = explanation
  return (
    <>
      <Table
        caption="What each part said"
        rows={parts}
        empty="Nothing was classified."
        columns={PART_COLUMNS}
      />
      <h3>What would have changed it</h3>
      <Sentences sentences={whatIf} />
      <p class="note">
        Near twins decided {percent(twinShare)} alone; novelty {novelty.toFixed(2)}
        {noveltyLimit === null ? '' : `, limit ${noveltyLimit.toFixed(2)}`}.
      </p>
    </>
  )
}

export const ReceiptCard = ({ receipt }: { receipt: Receipt }) => {
  const { verdict, reasons, notes, differences, explanation } = receipt
  const { tone, text } = VERDICTS[verdict]
  return (
    <Card title="Made again" id="receipt" aside={<Badge tone={tone}>{text}</Badge>}>
      <Sentences sentences={reasons} />
      {differences.length === 0 ? null : (
        <Table caption="Differences" rows={differences} empty="" columns={DIFFERENCE_COLUMNS} />
      )}
      <Parts explanation={explanation} />
      <Sentences sentences={notes} />
    </Card>
  )
}

/** Fetched when the page is there; without JavaScript by a link. */
export const ReceiptWanted = ({ id }: { id: string }) => {
  const path = `/decisions/${segment(id)}`
  return (
    <section
      class="card"
      id="receipt"
      hx-get={address(`${path}/receipt`)}
      hx-trigger="load"
      hx-swap="outerHTML"
    >
      <div class="card-head">
        <h2>Made again</h2>
      </div>
      <p class="empty">
        <a href={address(path, { explain: '1' })}>Make this decision again from what was kept</a>
      </p>
    </section>
  )
}
