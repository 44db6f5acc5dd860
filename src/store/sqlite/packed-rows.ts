// Rows with embeddings as they are sent from the worker: the rows as one JSON text, the embeddings in one transferred buffer. Cloning
// 500 rows object by object took the receiving event loop several times as long.

export interface PackedRows {
  json: string
  /** Number of floats of each row's embedding, −1 where it has none. */
  lengths: number[]
  vectors: Float32Array<ArrayBuffer>
}

type Row<JsonColumn extends string> = { embedding: Buffer | null } & Record<
  JsonColumn,
  string | null
>

/**
 * `embedding` is as the driver gives it: little-endian float32. `jsonColumns` already contain JSON and are inserted unchanged.
 */
export const packRows = <C extends string = never>(
  rows: readonly Row<NoInfer<C>>[],
  jsonColumns: readonly C[] = [],
): PackedRows => {
  const lengths = rows.map(({ embedding }) => (embedding ? embedding.byteLength / 4 : -1))
  const vectors = new Float32Array(lengths.reduce((sum, length) => sum + Math.max(length, 0), 0))
  const bytes = new Uint8Array(vectors.buffer)
  let at = 0
  for (const { embedding } of rows) {
    if (!embedding) continue
    bytes.set(embedding, at)
    at += embedding.byteLength
  }
  const texts = rows.map((row) => rowJson(row, jsonColumns))
  return { json: `[${texts.join()}]`, lengths, vectors }
}

const rowJson = <C extends string>(row: Row<C>, jsonColumns: readonly C[]): string => {
  const plain: Record<string, unknown> = { ...row, embedding: null }
  let rest = ''
  for (const column of jsonColumns) {
    plain[column] = undefined
    rest += `,"${column}":${row[column] ?? null}`
  }
  return `${JSON.stringify(plain).slice(0, -1)}${rest}}`
}

/** Each embedding is a copy: a view would keep the buffer of all of them. */
export const unpackRows = <R>({ json, lengths, vectors }: PackedRows): R[] => {
  const rows: (R & { embedding: Float32Array | null })[] = JSON.parse(json)
  let at = 0
  for (const [i, row] of rows.entries()) {
    const length = lengths[i] ?? -1
    if (length < 0) continue
    row.embedding = vectors.slice(at, at + length)
    at += length
  }
  return rows
}
