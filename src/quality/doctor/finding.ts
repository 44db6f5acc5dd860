// The result of a check of the doctor: a state and, where something is wrong, its cause and its fix.
export type FindingStatus = 'ok' | 'warning' | 'failure' | 'skipped'

export interface Finding {
  /** What was looked at: `config`, `keys`, `tls`, … */
  check: string
  /** Which one of several: a provider's name, else null. */
  subject: string | null
  status: FindingStatus
  /** One sentence. It never holds a key, a prompt or a password. */
  detail: string
  /** The likely reason; null where nothing is wrong. */
  cause: string | null
  /** What to do about it; null where nothing is to be done. */
  fix: string | null
}

/** Looks at one thing. One that throws becomes a failure of its own and keeps no other from running. */
export interface Check {
  name: string
  subject?: string
  run(): Promise<Finding[]>
}

type Place = Pick<Finding, 'check' | 'subject'>

export interface Trouble {
  detail: string
  cause: string
  fix: string
}

/** The findings of one check, by how they stand. */
export const findingsOf = (check: string, subject: string | null = null) => {
  const place: Place = { check, subject }
  const plain =
    (status: 'ok' | 'skipped') =>
    (detail: string): Finding => ({
      ...place,
      status,
      detail,
      cause: null,
      fix: null,
    })
  const troubled =
    (status: 'warning' | 'failure') =>
    (trouble: Trouble): Finding => ({
      ...place,
      status,
      ...trouble,
    })
  return {
    ok: plain('ok'),
    skipped: plain('skipped'),
    warning: troubled('warning'),
    failure: troubled('failure'),
  }
}
