// Imports labelled logs as votes of the source `import`, for the command and the API. Rows are processed in chunks, so a log may have any
// length; bad rows are reported, and the others imported. Importing twice changes nothing.
import type { Config } from '../config/config-schema.ts'
import type { Feedback, Verdict } from '../core/records/feedback.ts'
import type { Decision } from '../core/types.ts'
import type { Store } from '../store/store.ts'
import { importedDecisionId } from './import-id.ts'
import { type FoundRow, type ImportRow, readImportRow } from './import-row.ts'

/** Principal of imported decisions and votes. */
export const IMPORT_PRINCIPAL = 'import'

export interface ImportDeps {
  config: Pick<Config, 'routes'>
  store: Pick<Store, 'listRoutesTaken' | 'recordDecision' | 'addVotes' | 'listVotes' | 'flush'>
  /** Decides a prompt as the running server would, without recording it. */
  route: (text: string) => Promise<Decision>
  /** Prompts routed at a time. */
  concurrency: number
  newId: () => string
  now: () => number
}

export type RowStatus = 'added' | 'replaced' | 'unchanged' | 'refused'

export interface RowResult {
  line: number
  status: RowStatus
  /** Null where the row was refused. */
  decisionId: string | null
  verdict: Verdict | null
  correctRoute: string | null
  /** Why it was refused. */
  reason: string | null
}

export interface ImportSummary {
  rows: number
  added: number
  /** Votes that replaced an earlier one on the same decision or text. */
  replaced: number
  unchanged: number
  refused: number
  /** Imported labelled prompts whose label is the router's route. */
  agreed: number
  corrected: number
}

export interface ImportOptions {
  /** Only checks what can be checked without routing, and writes nothing. */
  dryRun?: boolean
  onRow?: (result: RowResult) => void
}

interface Ballot {
  line: number
  decisionId: string
  verdict: Verdict
  correctRoute: string | null
  score: number | null
  comment: string | null
  isLabelled: boolean
}

/** Rows per commit. */
const CHUNK = 100
const NOT_STORED = 'no stored decision has this id'

const refusal = (line: number, reason: string): RowResult => ({
  line,
  status: 'refused',
  decisionId: null,
  verdict: null,
  correctRoute: null,
  reason,
})

/** Routes a prompt that was not imported before, and records its decision. */
const routeAnew = async (
  text: string,
  deps: ImportDeps,
): Promise<{ route: string } | { problem: string }> => {
  const id = importedDecisionId(text)
  const decision = await deps.route(text)
  if (decision.degradedBy !== null) {
    return { problem: `could not be routed (${decision.degradedBy}); import it again` }
  }
  if (decision.embedding === null) return { problem: 'its text has no word to route by' }
  deps.store.recordDecision(
    { ...decision, id, requestId: id, principal: IMPORT_PRINCIPAL },
    'dry_run',
  )
  return decision
}

const decisionIdOf = (row: ImportRow): string =>
  row.kind === 'vote' ? row.decisionId : importedDecisionId(row.text)

interface Judging {
  deps: ImportDeps
  dryRun: boolean
  /** Routes of the stored decisions, by id. */
  taken: Map<string, string>
}

const ballotOf = async (
  line: number,
  row: ImportRow,
  { deps, dryRun, taken }: Judging,
): Promise<Ballot | string> => {
  if (row.kind === 'vote') {
    const { kind: _, ...vote } = row
    return taken.has(vote.decisionId) ? { line, ...vote, isLabelled: false } : NOT_STORED
  }
  const decisionId = importedDecisionId(row.text)
  const known = dryRun ? row.route : taken.get(decisionId)
  const found = known === undefined ? await routeAnew(row.text, deps) : { route: known }
  if ('problem' in found) return found.problem
  const isRight = found.route === row.route
  return {
    line,
    decisionId,
    verdict: isRight ? 'good' : 'bad',
    correctRoute: isRight ? null : row.route,
    score: null,
    comment: null,
    isLabelled: true,
  }
}

/** Maps in order, with `limit` calls at a time. */
const mapped = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, at: number) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = new Array(items.length)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, i)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return results
}

type Standing = Pick<Ballot, 'verdict' | 'correctRoute' | 'score' | 'comment'>

const isSame = (a: Standing, b: Standing): boolean =>
  a.verdict === b.verdict &&
  a.correctRoute === b.correctRoute &&
  a.score === b.score &&
  a.comment === b.comment

const createTeller = (options: ImportOptions) => {
  const summary: ImportSummary = {
    rows: 0,
    added: 0,
    replaced: 0,
    unchanged: 0,
    refused: 0,
    agreed: 0,
    corrected: 0,
  }
  return {
    summary,
    tell: (result: RowResult, isLabelled = false): void => {
      summary.rows++
      summary[result.status]++
      if (isLabelled) summary[result.verdict === 'good' ? 'agreed' : 'corrected']++
      options.onRow?.(result)
    },
  }
}

type Tell = ReturnType<typeof createTeller>['tell']

/** Existing votes on the decisions of the ballots. */
const readStanding = async (
  ballots: readonly Ballot[],
  store: ImportDeps['store'],
): Promise<Map<string, Standing>> => {
  if (ballots.length === 0) return new Map()
  const decisionIds = [...new Set(ballots.map(({ decisionId }) => decisionId))]
  const votes = await store.listVotes({ limit: CHUNK, principal: IMPORT_PRINCIPAL, decisionIds })
  return new Map(votes.map((vote) => [vote.decisionId, vote]))
}

const toVote = ({ line: _, isLabelled: _own, ...ballot }: Ballot, deps: ImportDeps): Feedback => ({
  ...ballot,
  id: deps.newId(),
  principal: IMPORT_PRINCIPAL,
  source: 'import',
  implicitKind: null,
  createdAtMs: Math.round(deps.now()),
})

/** Writes the votes that differ from existing ones, in the order of the rows, in one commit. */
const cast = async (
  ballots: readonly Ballot[],
  { deps, dryRun, tell }: { deps: ImportDeps; dryRun: boolean; tell: Tell },
): Promise<void> => {
  const standing = await readStanding(ballots, deps.store)
  const judged = ballots.map((ballot) => {
    const before = standing.get(ballot.decisionId)
    standing.set(ballot.decisionId, ballot)
    if (!before) return { ballot, status: 'added' as const }
    return {
      ballot,
      status: isSame(before, ballot) ? ('unchanged' as const) : ('replaced' as const),
    }
  })
  const changed = judged.filter(({ status }) => status !== 'unchanged').map(({ ballot }) => ballot)
  const isTaken =
    dryRun || changed.length === 0
      ? []
      : await deps.store.addVotes(changed.map((ballot) => toVote(ballot, deps)))
  const lost = new Set(changed.filter((_, i) => isTaken[i] === false))
  for (const { ballot, status } of judged) {
    const { line, decisionId, verdict, correctRoute, isLabelled } = ballot
    if (lost.has(ballot)) tell(refusal(line, NOT_STORED))
    else
      tell({ line, status, decisionId, verdict, correctRoute, reason: null }, isLabelled && !dryRun)
  }
}

/**
 * Imports rows chunk by chunk. A label becomes a vote: good where the router agrees, else bad with the label as the correct route. The
 * voted decision is recorded once, as a dry run of the principal `import`.
 * @throws RouterError `store_unavailable`; earlier chunks stay, and a repeated import continues from there
 */
export const importFeedback = async (
  rows: AsyncIterable<FoundRow> | Iterable<FoundRow>,
  deps: ImportDeps,
  options: ImportOptions = {},
): Promise<ImportSummary> => {
  const { dryRun = false } = options
  const routes = new Set(Object.keys(deps.config.routes))
  const { summary, tell } = createTeller(options)
  let chunk: FoundRow[] = []
  const takeChunk = async (): Promise<void> => {
    const chunkRows = chunk
    chunk = []
    const read = chunkRows.map((found) =>
      'error' in found ? found.error : readImportRow(found.value, routes),
    )
    const ids = read.flatMap((row) => (typeof row === 'string' ? [] : [decisionIdOf(row)]))
    const stored = ids.length > 0 ? await deps.store.listRoutesTaken([...new Set(ids)]) : []
    const taken = new Map(stored.map(({ id, route }) => [id, route]))
    const judged = await mapped(chunkRows, deps.concurrency, async ({ line }, i) => {
      const row = read[i] as ImportRow | string
      const ballot =
        typeof row === 'string' ? row : await ballotOf(line, row, { deps, dryRun, taken })
      return typeof ballot === 'string' ? refusal(line, ballot) : ballot
    })
    if (!dryRun) await deps.store.flush()
    const ballots = judged.filter((one): one is Ballot => !('status' in one))
    for (const one of judged) if ('status' in one) tell(one)
    await cast(ballots, { deps, dryRun, tell })
  }
  for await (const found of rows) {
    chunk.push(found)
    if (chunk.length === CHUNK) await takeChunk()
  }
  if (chunk.length > 0) await takeChunk()
  return summary
}
