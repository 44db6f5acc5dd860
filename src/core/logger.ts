// The logger interface that modules are given. Log lines never hold prompts or keys.

type LogLine = (facts: Record<string, unknown>, message: string) => void

export interface Logger {
  debug: LogLine
  info: LogLine
  warn: LogLine
  error: LogLine
}

/** Writes nothing. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
}
