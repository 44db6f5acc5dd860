// The part of a pino logger that this folder uses; lines never hold prompts or keys.

type LogLine = (fields: Record<string, unknown>, message: string) => void

export interface Logger {
  debug: LogLine
  info: LogLine
  warn: LogLine
  error: LogLine
}
