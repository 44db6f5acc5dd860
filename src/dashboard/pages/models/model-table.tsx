// The models as two tables: what they cost and did in the time range, and how their providers do now.
import { address } from '../../view/address.ts'
import { compact, count, milliseconds, percent, usd } from '../../view/figures.ts'
import { Badge, type Tone } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'
import { routePath } from '../routes/route-path.ts'
import type { ModelRow } from './model-rows.ts'

/** Failed requests from which on the figure stands out. */
const MANY_FAILED = 0.05

const Name = ({ row }: { row: ModelRow }) => (
  <>
    <span title={row.model}>{row.model}</span>
    <div class="note clip">
      {row.settings.provider}: {row.settings.name}
    </div>
  </>
)

const price = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'unknown' : usd(value)

const Failed = ({ row }: { row: ModelRow }) => {
  const share = row.used === null ? null : row.used.failed / row.used.requests
  const text = percent(share)
  return share !== null && share >= MANY_FAILED ? (
    <Badge tone="bad">{text}</Badge>
  ) : (
    <span>{text}</span>
  )
}

/** Requests of unknown price are shown apart, and never as free. */
const Spend = ({ row: { used } }: { row: ModelRow }) => {
  if (used === null) return <span>–</span>
  const { unpriced, costUsd } = used
  if (unpriced === 0) return <span>{usd(costUsd)}</span>
  return (
    <>
      {costUsd === 0 ? 'unknown' : usd(costUsd)}
      <div class="note">{`${costUsd === 0 ? '' : 'and '}${count(unpriced)} unpriced`}</div>
    </>
  )
}

const USED: readonly Column<ModelRow>[] = [
  { title: 'model', isWide: true, cell: (row) => <Name row={row} /> },
  {
    title: '$ in / million',
    isNumber: true,
    cell: ({ settings }) => price(settings.input_usd_per_million),
  },
  {
    title: '$ out / million',
    isNumber: true,
    cell: ({ settings }) => price(settings.output_usd_per_million),
  },
  { title: 'requests', isNumber: true, cell: ({ used }) => count(used?.requests ?? 0) },
  { title: 'failed', isNumber: true, cell: (row) => <Failed row={row} /> },
  {
    title: 'first token',
    isNumber: true,
    cell: ({ firstToken }) => milliseconds(firstToken?.p50Ms ?? null),
  },
  {
    title: '95 %',
    isNumber: true,
    cell: ({ firstToken }) => milliseconds(firstToken?.p95Ms ?? null),
  },
  { title: 'answer', isNumber: true, cell: ({ answer }) => milliseconds(answer?.p50Ms ?? null) },
  { title: '95 %', isNumber: true, cell: ({ answer }) => milliseconds(answer?.p95Ms ?? null) },
  {
    title: 'tokens out',
    isNumber: true,
    cell: ({ used }) => compact(used?.completionTokens ?? null),
  },
  { title: 'spend', isNumber: true, cell: (row) => <Spend row={row} /> },
]

export const UsedTable = ({ rows }: { rows: ModelRow[] }) => (
  <Table caption="Models" rows={rows} empty="No model is configured." columns={USED} />
)

const BREAKERS: Record<string, [tone: Tone, word: string]> = {
  closed: ['good', 'callable'],
  half_open: ['warn', 'being tried again'],
  open: ['bad', 'resting'],
}

const State = ({ row: { health } }: { row: ModelRow }) => {
  if (health === null) return <span class="muted">–</span>
  const [tone, word] = BREAKERS[health.breaker] ?? (['quiet', health.breaker] as const)
  const isCooling = health.breaker === 'closed' && health.waitMs > 0
  return isCooling ? <Badge tone="warn">cooling down</Badge> : <Badge tone={tone}>{word}</Badge>
}

const Routes = ({ routes }: { routes: readonly string[] }) =>
  routes.map((route, i) => (
    <>
      {i === 0 ? '' : ', '}
      <a href={address(routePath(route))}>{route}</a>
    </>
  ))

const remaining = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'unknown' : compact(value)

const NOW: readonly Column<ModelRow>[] = [
  { title: 'model', isWide: true, cell: ({ model }) => <span title={model}>{model}</span> },
  { title: 'state', cell: (row) => <State row={row} /> },
  {
    title: 'callable in',
    isNumber: true,
    cell: ({ health }) => (health?.waitMs ? milliseconds(health.waitMs) : 'now'),
  },
  { title: 'failed in a row', isNumber: true, cell: ({ health }) => count(health?.failures ?? 0) },
  {
    title: 'requests left',
    isNumber: true,
    cell: ({ health }) => remaining(health?.remainingRequests),
  },
  {
    title: 'tokens left',
    isNumber: true,
    cell: ({ health }) => remaining(health?.remainingTokens),
  },
  {
    title: 'first token',
    isNumber: true,
    cell: ({ health }) => milliseconds(health?.firstTokenMs ?? null),
  },
  {
    title: 'tokens / s',
    isNumber: true,
    cell: ({ health }) => compact(health?.tokensPerSecond ?? null),
  },
  {
    title: 'serves',
    cell: ({ routes }) => (routes.length === 0 ? 'no route' : <Routes routes={routes} />),
  },
]

export const NowTable = ({ rows }: { rows: ModelRow[] }) => (
  <Table caption="Models now" rows={rows} empty="No model is configured." columns={NOW} />
)
