// What the history of the index tells since the last look: generations that the gate refused, canaries that were rolled back.
import { type HistoryEvent, readHistory } from '../vector-index/history.ts'

export interface NewEvents {
  gateRefused: number[]
  canariesRolledBack: number[]
}

const PROGRAM = 'signalbox'

const numbersOf = (events: readonly HistoryEvent[]): number[] =>
  events.map(({ generation }) => generation)

/** A canary that the program ended and did not promote was worse. */
const rolledBack = (events: readonly HistoryEvent[]): HistoryEvent[] => {
  const promoted = new Set(numbersOf(events.filter(({ action }) => action === 'promoted')))
  return events.filter(
    ({ action, author, generation }) =>
      action === 'canary_ended' && author === PROGRAM && !promoted.has(generation),
  )
}

export const createNewEvents = (indexDir: string) => {
  /** Lines of the history that were there before; null before the first look. */
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
