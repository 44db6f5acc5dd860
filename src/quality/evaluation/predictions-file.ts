// What an evaluation made of each row, kept as JSON Lines: written by `eval --predictions`, read by `eval --compare`.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { EvaluationRow } from '../../core/classifier/evaluate.ts'
import { RouterError } from '../../errors.ts'
import { jsonLines } from '../../training/exemplars/json-lines.ts'
import type { Prediction } from './evaluate-file.ts'

/** What a predictions file holds of a row, as far as comparing needs it. */
export interface StoredPrediction extends EvaluationRow {
  text: string
}

const predictionSchema = z.looseObject({
  text: z.string(),
  label: z.string(),
  top: z.string().nullable(),
  route: z.string().nullable(),
  confidence: z.number().min(0).max(1),
})

/** Whole or not at all: written beside the file and renamed. */
export const writePredictions = async (
  path: string,
  predictions: readonly Prediction[],
): Promise<void> => {
  const lines = predictions.map(({ text, label, top, route, confidence, scores }) =>
    JSON.stringify({ text, label, top, route, confidence, scores }),
  )
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, `${lines.join('\n')}\n`)
  await rename(temporary, path)
}

/** @throws RouterError `invalid_request` naming file and line of the first row that is no prediction */
export const readPredictions = async (path: string): Promise<StoredPrediction[]> => {
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RouterError('invalid_request', `${path} cannot be read (${error.code}).`, {
      cause: error,
    })
  })
  const rows = jsonLines(content).map((line) => {
    const parsed = 'error' in line ? null : predictionSchema.safeParse(line.value)
    if (parsed?.success) return parsed.data
    const expected = 'expected a line of a file that eval --predictions wrote'
    throw new RouterError('invalid_request', `${path}:${line.number}: ${expected}`)
  })
  if (rows.length > 0) return rows
  throw new RouterError('invalid_request', `${path} has no predictions.`)
}

/**
 * Both must be of the same prompts and labels in the same order.
 * @throws RouterError `invalid_request` naming the first row that differs
 */
export const assertSameRows = (
  first: { name: string; rows: readonly { text: string; label: string }[] },
  second: { name: string; rows: readonly { text: string; label: string }[] },
): void => {
  const length = Math.max(first.rows.length, second.rows.length)
  for (let row = 0; row < length; row++) {
    const a = first.rows[row]
    const b = second.rows[row]
    if (a && b && a.text === b.text && a.label === b.label) continue
    const why =
      a && b
        ? 'has another text or label'
        : `is missing (${first.rows.length} and ${second.rows.length} rows)`
    throw new RouterError(
      'invalid_request',
      `${first.name} and ${second.name} are not of the same test rows: row ${row + 1} ${why}.`,
    )
  }
}
