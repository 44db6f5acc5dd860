// Pairs of prompts that mean the same, one JSON object a line: {"a": "…", "b": "…", "route": "…"?}.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { RouterError } from '../../errors.ts'
import { jsonLines } from '../../training/exemplars/json-lines.ts'

export interface PromptPair {
  a: string
  b: string
  /** The right route of both, null where the file names none. */
  route: string | null
}

const MAX_PROBLEMS_SHOWN = 10
const pairSchema = z.looseObject({ a: z.string(), b: z.string(), route: z.string().optional() })

/** @throws RouterError `invalid_exemplar` naming file and line of each bad row, or an empty file */
export const readPairs = async (path: string): Promise<PromptPair[]> => {
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RouterError('invalid_exemplar', `${path} cannot be read (${error.code}).`, {
      cause: error,
    })
  })
  const pairs: PromptPair[] = []
  const problems: string[] = []
  for (const line of jsonLines(content)) {
    const parsed = 'error' in line ? null : pairSchema.safeParse(line.value)
    if (parsed?.success) {
      const { a, b, route = null } = parsed.data
      pairs.push({ a, b, route })
    } else {
      const reason = 'error' in line ? line.error : 'is not of the form {"a": "…", "b": "…"}'
      problems.push(`${path}:${line.number}: ${reason}`)
    }
  }
  if (problems.length > 0) {
    const shown = problems.slice(0, MAX_PROBLEMS_SHOWN)
    const more = problems.length - shown.length
    throw new RouterError(
      'invalid_exemplar',
      [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'),
    )
  }
  if (pairs.length === 0) throw new RouterError('invalid_exemplar', `${path} has no pairs.`)
  return pairs
}
