// The Shannon entropy of the routes of the last 200 prompts: how evenly prompts spread over routes.
import { entropyOf } from './traffic-shape.ts'

export interface EntropyWindow {
  add(route: string): void
  /** In nats; null until the window is full. */
  entropy(): number | null
}

const ROWS = 200

export const createEntropyWindow = (): EntropyWindow => {
  const recent: string[] = []
  const counts: Record<string, number> = {}
  let next = 0
  return {
    add: (route) => {
      const leaving = recent[next]
      if (leaving !== undefined) counts[leaving] = (counts[leaving] ?? 1) - 1
      recent[next] = route
      counts[route] = (counts[route] ?? 0) + 1
      next = (next + 1) % ROWS
    },
    entropy: () => (recent.length < ROWS ? null : entropyOf(counts)),
  }
}
