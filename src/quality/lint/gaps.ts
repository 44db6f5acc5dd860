// Gaps: prompts that came, fitted no route and resemble each other. Each cluster is a kind of prompt that nobody has labelled.
// Read from the store's decisions that no route was taken for; those of another encoder cannot be compared and are left out.
import { dot, normaliseRow, type RowShape } from '../../core/linear/vectors.ts'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import type { Reason } from '../../core/types.ts'
import type { Store } from '../../store/store.ts'
import { isUnitVector } from '../../training/exemplars/unit-vector.ts'
import { counted, type Finding, quoted, share } from './finding.ts'

const PAGE = 500
/** Newest decisions that are clustered: every one is compared with every other. */
const MAX_PROMPTS = 2_000
/** Cosine from which two prompts are of a kind: pairs of one fine intent lie above it, of one broad route mostly below. */
const OF_A_KIND = 0.55
const MIN_CLUSTER = 4
const MAX_CLUSTERS = 10
const MAX_EXAMPLES = 3
/** Share of a cluster with one best route from which that route is suggested. */
const ONE_ROUTE = 0.6

export interface LowPrompt {
  id: string
  /** Empty where the store keeps no text. */
  text: string
  /** Whole row of the encoder. */
  row: Float32Array
  /** Best route although its confidence was too low; null where there was none. */
  bestRoute: string | null
}

const toLowPrompt = (decision: StoredDecision, shape: RowShape): LowPrompt | null => {
  const { id, routingText, embedding, scores } = decision
  if (embedding === null || !isUnitVector(embedding, shape)) return null
  return { id, text: routingText.text, row: embedding, bestRoute: scores[0]?.route ?? null }
}

/** Past prompts that no route was taken for, the newest first, one for each text. @throws RouterError `store_unavailable` */
export const lowPrompts = async (
  store: Pick<Store, 'listDecisions'>,
  encoder: RowShape & { id: string },
): Promise<LowPrompt[]> => {
  const prompts = new Map<string, LowPrompt>()
  for (const reason of UNROUTED) {
    const most = prompts.size + MAX_PROMPTS
    for await (const decision of decisionsOf(store, reason)) {
      if (prompts.size >= most) break
      if (decision.encoderId !== encoder.id) continue
      const prompt = toLowPrompt(decision, encoder)
      // The same prompt sent ten times is no cluster of ten.
      if (prompt && !prompts.has(decision.routingText.digest)) {
        prompts.set(decision.routingText.digest, prompt)
      }
    }
  }
  const newestFirst = [...prompts.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
  return newestFirst.slice(0, MAX_PROMPTS)
}

const UNROUTED: readonly Reason[] = ['below_threshold', 'none_of_the_above', 'unconfigured_route']

/** Newest first, page by page. */
async function* decisionsOf(
  store: Pick<Store, 'listDecisions'>,
  reason: Reason,
): AsyncGenerator<StoredDecision> {
  let before: string | undefined
  do {
    const page = await store.listDecisions({ limit: PAGE, reason, ...(before ? { before } : {}) })
    yield* page.decisions
    before = page.nextCursor ?? undefined
  } while (before !== undefined)
}

/** For each prompt, the prompts of its kind, itself among them. */
const kindred = (prompts: readonly LowPrompt[], length: number): number[][] => {
  const lists: number[][] = prompts.map((_, i) => [i])
  for (let a = 0; a < prompts.length; a++) {
    for (let b = a + 1; b < prompts.length; b++) {
      const rowA = (prompts[a] as LowPrompt).row
      if (dot(rowA, 0, (prompts[b] as LowPrompt).row, 0, length) < OF_A_KIND) continue
      lists[a]?.push(b)
      lists[b]?.push(a)
    }
  }
  return lists
}

/** Members ordered by how near they are to their mean: the first are the typical ones. */
const typicalFirst = (members: readonly LowPrompt[], length: number): LowPrompt[] => {
  const mean = new Float32Array(length)
  for (const { row } of members) {
    for (let i = 0; i < length; i++) mean[i] = (mean[i] as number) + (row[i] as number)
  }
  normaliseRow(mean, 0, length)
  const nearness = new Map(members.map((m) => [m, dot(m.row, 0, mean, 0, length)]))
  return [...members].sort((a, b) => (nearness.get(b) ?? 0) - (nearness.get(a) ?? 0))
}

/**
 * Greedy clusters: the prompt with most of its kind around it takes them, then the next among the rest.
 * @returns the largest first, each with its typical prompts first; what has fewer than four of its kind is in none.
 */
export const clusterPrompts = (
  prompts: readonly LowPrompt[],
  searchDimensions: number,
): LowPrompt[][] => {
  const lists = kindred(prompts, searchDimensions)
  const isFree = prompts.map(() => true)
  const clusters: LowPrompt[][] = []
  const free = (list: readonly number[]) => list.filter((i) => isFree[i])
  for (;;) {
    let best: number[] = []
    lists.forEach((list, i) => {
      if (!isFree[i] || list.length <= best.length) return
      const members = free(list)
      if (members.length > best.length) best = members
    })
    if (best.length < MIN_CLUSTER) return clusters
    for (const i of best) isFree[i] = false
    const members = best.map((i) => prompts[i] as LowPrompt)
    clusters.push(typicalFirst(members, searchDimensions))
  }
}

const bestRouteOf = (members: readonly LowPrompt[]): { route: string; part: number } | null => {
  const counts = new Map<string, number>()
  for (const { bestRoute } of members) {
    if (bestRoute !== null) counts.set(bestRoute, (counts.get(bestRoute) ?? 0) + 1)
  }
  const [top] = [...counts].sort((a, b) => b[1] - a[1])
  return top ? { route: top[0], part: top[1] / members.length } : null
}

const toFinding = (members: readonly LowPrompt[]): Finding => {
  const typical = members.slice(0, MAX_EXAMPLES)
  const texts = typical.filter(({ text }) => text !== '').map(({ text }) => quoted(text))
  const best = bestRouteOf(members)
  const nearest = best ? ` Nearest route: ${best.route} (${share(best.part)} of them).` : ''
  const examples = texts.length > 0 ? `, e.g. ${texts.join(', ')}` : ' (texts are not stored)'
  const route = best && best.part >= ONE_ROUTE ? best.route : null
  return {
    rule: 'gap',
    severity: 'warning',
    route,
    message: `${counted(members.length, 'past prompt')} of one kind fitted no route${examples}.${nearest}`,
    where: typical.map(({ id }) => `decision ${id}`),
    fix: route
      ? `If they belong to ${route}: signalbox add --route ${route} ${texts[0] ?? '"…"'} (and two or three more); else add them to another route or to none.`
      : `Give them a route of their own, or add some to the route that should serve them, or to none: signalbox add --route ROUTE ${texts[0] ?? '"…"'}`,
    figures: { prompts: members.length },
  }
}

/** One finding for each cluster of past low-confidence prompts, the largest first. */
export const gapFindings = (prompts: readonly LowPrompt[], searchDimensions: number): Finding[] =>
  clusterPrompts(prompts, searchDimensions).slice(0, MAX_CLUSTERS).map(toFinding)
