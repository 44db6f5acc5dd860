// A configuration that served, and the times at which it began to.

export interface ConfigVersion {
  hash: string
  /** The configuration in full, as YAML, without secrets. */
  text: string
  author: string
  createdAtMs: number
}

/** One time that a configuration began to serve. */
export interface ConfigActivation {
  /** uuid v7. */
  id: string
  hash: string
  author: string
  /** Why: `start`, `file`, `signal`, `api`, `rollback`. */
  cause: string
  atMs: number
}
