// The history of an index folder: one JSON line per event, such as promotions and refusals with author and reason. Append-only, beside
// the generations, so that it survives them and the database.
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

export const historyEventSchema = z.object({
  atMs: z.number(),
  action: z.enum([
    'built',
    'refused',
    'promoted',
    'rolled_back',
    'shadow_started',
    'shadow_ended',
    'canary_started',
    'canary_ended',
  ]),
  generation: z.number(),
  /** The generation that was current before, where the action changed that. */
  from: z.number().nullable(),
  author: z.string(),
  /** A sentence. */
  reason: z.string(),
  /** True where a person overrode the gate. */
  forced: z.boolean(),
})

export type HistoryEvent = z.infer<typeof historyEventSchema>

const HISTORY = 'history.jsonl'

/** @throws the file system's error */
export const appendHistory = async (dir: string, event: HistoryEvent): Promise<void> => {
  await appendFile(join(dir, HISTORY), `${JSON.stringify(event)}\n`, { mode: 0o600, flush: true })
}

/** Oldest first. A line that a crash truncated is left out. */
export const readHistory = async (dir: string): Promise<HistoryEvent[]> => {
  const text = await readFile(join(dir, HISTORY), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [historyEventSchema.parse(JSON.parse(line))]
    } catch {
      return []
    }
  })
}
