// Finds the exemplars that may have been made of given votes, and the generations that contain them.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FeedbackWithDecision } from '../core/records/feedback.ts'
import { feedbackExemplarId } from '../training/exemplars/exemplar-line.ts'
import { EXEMPLARS, generationFolder } from '../vector-index/generation-name.ts'
import { listGenerations } from '../vector-index/generation-store.ts'

type Voted = Pick<FeedbackWithDecision, 'text' | 'embedding' | 'route' | 'correctRoute'>

/** The content that an exemplar's id is derived from beside its route, as in candidates.ts; null where neither is stored. */
const contentOf = ({ text, embedding }: Voted): string | null => {
  if (text !== null && text.trim() !== '') return text
  if (embedding === null) return null
  const bytes = new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength)
  return createHash('sha256').update(bytes).digest('hex')
}

export interface PossibleExemplars {
  /** Ids under the route that was taken or named by a vote. */
  likely: Set<string>
  /** Ids under any route, because a reviewer may have named another. */
  possible: Set<string>
}

export const possibleExemplars = (
  votes: readonly Voted[],
  routes: readonly string[],
): PossibleExemplars => {
  const likely = new Set<string>()
  const possible = new Set<string>()
  for (const vote of votes) {
    const content = contentOf(vote)
    if (content === null) continue
    const named = vote.correctRoute === null ? [vote.route] : [vote.route, vote.correctRoute]
    for (const route of named) likely.add(feedbackExemplarId(route, content))
    for (const route of [...routes, ...named]) possible.add(feedbackExemplarId(route, content))
  }
  return { likely, possible }
}

const FEEDBACK_ID = /^\{"id":"(fb_[0-9a-f]+)"/

/** Ids of exemplars from feedback, read line by line, so that a large generation does not block the event loop. */
const feedbackIdsOf = async (dir: string, generation: number): Promise<string[]> => {
  const ids: string[] = []
  const input = createReadStream(join(generationFolder(dir, generation), EXEMPLARS), 'utf8')
  try {
    for await (const line of createInterface({ input })) {
      const id = FEEDBACK_ID.exec(line)?.[1]
      if (id !== undefined) ids.push(id)
    }
  } catch (error) {
    // Removed meanwhile, or never finished.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return ids
}

export interface HoldingGeneration {
  generation: number
  exemplarIds: string[]
}

/** Generations on disk that contain one of `ids`, ascending. */
export const generationsHolding = async (
  indexDir: string,
  ids: ReadonlySet<string>,
): Promise<HoldingGeneration[]> => {
  const holding: HoldingGeneration[] = []
  if (ids.size === 0) return holding
  for (const generation of await listGenerations(indexDir)) {
    const held = await feedbackIdsOf(indexDir, generation)
    const exemplarIds = held.filter((id) => ids.has(id))
    if (exemplarIds.length > 0) holding.push({ generation, exemplarIds })
  }
  return holding
}
