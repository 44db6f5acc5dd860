// The events of one streamed response as text, numbered; they wait until they are taken.
import type { JsonObject } from '../json.ts'
import { writeJson } from '../lossless-json.ts'

/** Writes an event; its values are written out at once and may change afterwards. */
export type Emit = (type: string, fields: JsonObject) => void

export interface EventLog {
  emit: Emit
  /** Events since the last call. */
  take(): string
}

export const createEventLog = (): EventLog => {
  let waiting = ''
  let sequence = 0
  return {
    emit: (type, fields) => {
      const data = writeJson({ type, sequence_number: sequence++, ...fields })
      waiting += `event: ${type}\ndata: ${data}\n\n`
    },
    take: () => {
      const taken = waiting
      waiting = ''
      return taken
    },
  }
}
