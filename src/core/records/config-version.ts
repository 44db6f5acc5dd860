// A version of the configuration, and each time that it was activated.

export interface ConfigVersion {
  hash: string
  /** The configuration in full, as YAML, without secrets. */
  text: string
  author: string
  createdAtMs: number
}

/** One activation of a configuration. */
export interface ConfigActivation {
  /** uuid v7. */
  id: string
  hash: string
  author: string
  /** `start`, `file`, `signal`, `api` or `rollback`. */
  cause: string
  atMs: number
}
