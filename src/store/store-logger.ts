// The part of a pino logger that the store uses; it is handed in, so that the store doesn't know telemetry.
type Log = (facts: Record<string, unknown>, message: string) => void

export interface StoreLogger {
  debug: Log
  info: Log
  warn: Log
  error: Log
}
