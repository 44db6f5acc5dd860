// What the server and an encoder process say to each other (IPC with `serialization: 'advanced'`, so vectors stay binary).
import type { EncoderConfig } from '../config/config-schema.ts'
import type { ErrorCode } from '../errors.ts'

export type ToChild =
  | { type: 'start'; config: EncoderConfig }
  | { type: 'embed'; job: number; text: string }

/** An error without its cause: enough to act on, and no prompt in it. */
export interface ErrorReport {
  code: ErrorCode
  message: string
  details: Record<string, unknown>
}

export type FromChild =
  | { type: 'ready'; encoderId: string; dimensions: number; searchDimensions: number }
  | { type: 'start_failed'; error: ErrorReport }
  | { type: 'embedded'; job: number; vector: Float32Array }
  | { type: 'failed'; job: number; error: ErrorReport }
