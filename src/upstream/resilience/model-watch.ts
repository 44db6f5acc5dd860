// Detects models that fail because of their configuration: the provider repeatedly answers that there is no such model or path. Logged
// once per model, and reported by /readyz until a call of it is served.
import type { Logger } from '../../core/logger.ts'

export interface ModelWatch {
  /** @param status of a failed call, null where it served or no status was received */
  note(target: { provider: string; model: string }, status: number | null): void
  /** One line for each model that is at fault now. */
  faults(): string[]
}

/** No such model, or no such path. */
const STATUSES = new Set([404, 405])

/** Failures in a row for a model that has served before: a single 404 may be about something in the request. */
const PATIENCE = 3

interface Row {
  hasServed: boolean
  /** Failures in a row. */
  failures: number
  fault: string | null
}

export const createModelWatch = (logger: Logger): ModelWatch => {
  const rows = new Map<string, Row>()
  const fail = (
    row: Row,
    { provider, model }: { provider: string; model: string },
    status: number,
  ) => {
    row.failures += 1
    if (row.fault !== null || row.failures < (row.hasServed ? PATIENCE : 1)) return
    row.fault = `${model}: ${provider} answers ${status} to every call; check models.${model}.name and providers.${provider}.base_url`
    logger.error({ provider, model, status }, row.fault)
  }
  return {
    note: (target, status) => {
      const row = rows.get(target.model) ?? { hasServed: false, failures: 0, fault: null }
      rows.set(target.model, row)
      if (status !== null && STATUSES.has(status)) fail(row, target, status)
      else if (status === null) Object.assign(row, { hasServed: true, failures: 0, fault: null })
    },
    faults: () => [...rows.values()].flatMap(({ fault }) => fault ?? []),
  }
}
