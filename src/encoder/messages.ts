// Messages between the server and an encoder process (IPC with `serialization: 'advanced'`, so that vectors stay binary).
import type { EncoderConfig } from '../config/config-schema.ts'
import type { ErrorCode } from '../errors.ts'

export type ToChild =
  | { type: 'start'; config: EncoderConfig }
  | { type: 'embed'; job: number; text: string }

/** An error without its cause, which may contain a prompt. */
export interface ErrorReport {
  code: ErrorCode
  message: string
  details: Record<string, unknown>
}

export type FromChild =
  | { type: 'ready'; encoderId: string; dimensions: number; searchDimensions: number }
  | { type: 'start_failed'; error: ErrorReport }
  /** Rows of the jobs of one run, one after the other. */
  | { type: 'embedded'; jobs: number[]; rows: Float32Array }
  | { type: 'failed'; job: number; error: ErrorReport }
