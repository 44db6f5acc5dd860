// A batch of writes as it is sent to the worker. All embeddings are in one buffer, which is transferred, not copied; a view into a
// larger buffer would transfer that whole buffer.
import type { CompletionRow } from './rows.ts'
import type { DecisionRow } from './schema/decisions.ts'

/** What is to be written of one decision: its row, its completion, or both at once. */
export interface WriteEntry {
  id: string
  row: DecisionRow | null
  completion: CompletionRow | null
}

export interface WriteBatch {
  /** `row.embedding` is null throughout. */
  entries: WriteEntry[]
  /** Number of floats of each entry's embedding, −1 where it has none. */
  lengths: number[]
  vectors: Float32Array<ArrayBuffer>
}

export const packBatch = (entries: readonly WriteEntry[]): WriteBatch => {
  const embeddings = entries.map(({ row }) => row?.embedding ?? null)
  const total = embeddings.reduce((sum, embedding) => sum + (embedding?.length ?? 0), 0)
  const vectors = new Float32Array(total)
  let at = 0
  for (const embedding of embeddings) {
    if (!embedding) continue
    vectors.set(embedding, at)
    at += embedding.length
  }
  return {
    entries: entries.map((entry) =>
      entry.row ? { ...entry, row: { ...entry.row, embedding: null } } : entry,
    ),
    lengths: embeddings.map((embedding) => embedding?.length ?? -1),
    vectors,
  }
}

export const unpackBatch = ({ entries, lengths, vectors }: WriteBatch): WriteEntry[] => {
  let at = 0
  return entries.map((entry, i) => {
    const length = lengths[i] ?? -1
    if (length < 0 || !entry.row) return entry
    const embedding = vectors.subarray(at, at + length)
    at += length
    return { ...entry, row: { ...entry.row, embedding } }
  })
}
