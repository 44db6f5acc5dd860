// What goes to the process that explains.
export interface ExplainJob {
  ids: string[]
  /** Opened read-only. */
  databaseFile: string
  indexDir: string
}
