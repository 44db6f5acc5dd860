// What one encoder process has on its hands: the prompts it was sent, and how long it still needs for them. Measures what
// each took: a process works in the order of sending, on one prompt at a time or on several that are alike.
import type { ServiceTime } from './service-time.ts'

interface Sent {
  job: number
  tokens: number
}

export interface SlotLoad {
  /** Milliseconds until the process would start another prompt. */
  remainingMs(): number
  sent(job: number, tokens: number): void
  /** The process answered those of one run, with rows or a failure. */
  answered(jobs: readonly number[]): void
  /** The process ended; what it had is not measured. */
  clear(): void
}

export const createSlotLoad = (serviceTime: ServiceTime, now: () => number): SlotLoad => {
  let under: Sent[] = []
  let startedAt = 0
  return {
    remainingMs: () => {
      const [current] = under
      if (!current) return 0
      let sum = Math.max(0, serviceTime.expectedMs(current.tokens) - (now() - startedAt))
      for (let i = 1; i < under.length; i += 1) {
        sum += serviceTime.expectedMs((under[i] as Sent).tokens)
      }
      return sum
    },
    sent: (job, tokens) => {
      if (under.length === 0) startedAt = now()
      under.push({ job, tokens })
    },
    answered: (jobs) => {
      const [current] = under
      if (current && jobs.includes(current.job)) {
        const eachMs = (now() - startedAt) / jobs.length
        for (const { job, tokens } of under) {
          if (jobs.includes(job)) serviceTime.learn(tokens, eachMs)
        }
      }
      under = under.filter(({ job }) => !jobs.includes(job))
      startedAt = now()
    },
    clear: () => {
      under = []
    },
  }
}
