// A job that says its pid, is busy for ever, and never looks at its messages.
import { setImmediate } from 'node:timers/promises'

export const work = async (_job, tellProgress) => {
  tellProgress({ stage: 'busy', done: process.pid, total: 1 })
  await setImmediate()
  for (;;);
}
