// One line of training data: its schema, its stable id, and the key by which two texts count as equal.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { normalise } from '../../core/normalise.ts'
import type { Exemplar } from '../../core/types.ts'

export const MAX_EXEMPLAR_CHARS = 20_000

export const exemplarTextSchema = z
  .string('must be a string')
  .refine((text) => text.trim() !== '', 'must not be empty')
  .max(MAX_EXEMPLAR_CHARS, `must have at most ${MAX_EXEMPLAR_CHARS} characters`)

/** A line of training-data/<route>.jsonl; unknown keys are errors, so that a typo is not silently lost. */
export const exemplarLineSchema = z.strictObject({
  text: exemplarTextSchema,
  route: z.string('must be a string'),
  source: z.enum(['seed', 'import', 'feedback']).optional(),
  id: z.string('must be a string').min(1, 'must not be empty').max(128).optional(),
  style: z
    .string('must be a string')
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a word in lower case, e.g. "multiple-choice"')
    .optional(),
  language: z
    .string('must be a string')
    .regex(/^[a-z]{2,3}$/, 'must be a language code of two or three letters, e.g. "en"')
    .optional(),
  /** Library that it was copied from, e.g. `writing@0.2.0`. */
  library: z.string('must be a string').max(100).optional(),
})

/** Style and language of a line. Not trained on; `lint` and `eval` group by them. */
export interface LineTags {
  style: string | null
  language: string | null
}

const sha12 = (value: string): string =>
  createHash('sha256').update(value).digest('hex').slice(0, 12)

/** `ex_` and 12 hex digits of sha256(route, newline, text): the same line has the same id in every build. */
export const exemplarId = ({ route, text }: Pick<Exemplar, 'route' | 'text'>): string =>
  `ex_${sha12(`${route}\n${text}`)}`

/** `fb_` and 12 hex digits for an exemplar that came from feedback; `content` is its text or vector bytes. */
export const feedbackExemplarId = (route: string, content: string): string =>
  `fb_${sha12(`${route}\n${content}`)}`

/** Equal for texts that differ only in case, white space and Unicode form. */
export const textKey = (text: string): string =>
  normalise(text, 'NFC').toLowerCase().replace(/\s+/g, ' ').trim()

/** The line for a file, with a newline. An id that is derived from route and text is left out. */
export const exemplarToLine = (exemplar: Exemplar): string => {
  const { id, text, route, source } = exemplar
  return `${JSON.stringify({ text, route, source, ...(id === exemplarId(exemplar) ? {} : { id }) })}\n`
}
