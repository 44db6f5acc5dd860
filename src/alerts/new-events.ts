// New events of the index's history since the last evaluation: generations refused by the gate, canaries rolled back.
import { type HistoryEvent, readHistory } from '../vector-index/history.ts'

export interface NewEvents {
  gateRefused: number[]
  canariesRolledBack: number[]
}

const PROGRAM = 'signalbox'

const numbersOf = (events: readonly HistoryEvent[]): number[] =>
  events.map(({ generation }) => generation)

/** Canaries that the program ended without promoting them. */
const rolledBack = (events: readonly HistoryEvent[]): HistoryEvent[] => {
  const promoted = new Set(numbersOf(events.filter(({ action }) => action === 'promoted')))
  return events.filter(
    ({ action, author, generation }) =>
      action === 'canary_ended' && author === PROGRAM && !promoted.has(generation),
  )
}

export const createNewEvents = (indexDir: string) => {
  /** Number of lines of the history that were read before; null before the first evaluation. */
  let seen: number | null = null
  return async (): Promise<NewEvents> => {
    const events = await readHistory(indexDir)
    const fresh = seen === null ? [] : events.slice(seen)
    seen = events.length
    return {
      gateRefused: numbersOf(fresh.filter(({ action }) => action === 'refused')),
      canariesRolledBack: numbersOf(rolledBack(fresh)),
    }
  }
}
