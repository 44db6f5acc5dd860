// Messages between the main thread and the worker: one reply per request, matched by number, in order.
import type { Transferable } from 'node:worker_threads'
import { type ErrorCode, RouterError } from '../../errors.ts'
import type { Engine, EngineOptions } from './engine.ts'
import type { MigrationStep } from './migrate.ts'

/** Without what cannot be sent to a thread. */
export type WorkerOptions = Omit<EngineOptions, 'onMigration'>

export type Method = keyof Engine
export type Argument<M extends Method> = Parameters<Engine[M]>[0]
export type Result<M extends Method> = ReturnType<Engine[M]>

export interface Request<M extends Method = Method> {
  seq: number
  method: M
  argument: Argument<M>
}

/** A RouterError in plain values, without its cause. */
export interface WireError {
  code: ErrorCode
  message: string
  isRetryable: boolean
  param: string | null
  details: Record<string, unknown>
}

export type Reply =
  | { kind: 'migrating'; step: MigrationStep }
  | { kind: 'opened'; movedAside: string | null }
  | { kind: 'open_failed'; error: WireError }
  | { kind: 'result'; seq: number; value: Result<Method> }
  | { kind: 'error'; seq: number; error: WireError }

/** Buffers of a result that are transferred instead of copied. */
export const transferOf = (value: Result<Method>): Transferable[] => {
  if (typeof value !== 'object' || value === null) return []
  const packed = 'rows' in value ? value.rows : value
  return 'vectors' in packed ? [packed.vectors.buffer] : []
}

export const toWireError = (error: RouterError): WireError => ({
  code: error.code,
  message: error.message,
  isRetryable: error.isRetryable,
  param: error.param,
  details: error.details,
})

export const fromWireError = ({ code, message, param, ...rest }: WireError): RouterError =>
  new RouterError(code, message, param === null ? rest : { ...rest, param })
