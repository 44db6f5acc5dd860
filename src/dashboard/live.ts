// One stream for each page that is looked at: `changed`, at most every two seconds, when decisions were made or requests ended.
// It carries no data; pages ask for what they show.
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { DashboardDeps } from './request/deps.ts'
import type { DeskEnv } from './request/desk.ts'

const LOOK_MS = 2_000
/** A comment from time to time, so that a connection that is gone is noticed. */
const SILENT_LOOKS = 8
/** Then the browser connects anew, and is asked again who it is. */
const MOST_LOOKS = 450

export const streamChanges = (c: Context<DeskEnv>, deps: DashboardDeps): Response =>
  streamSSE(c, async (stream) => {
    let seen = deps.activity.count()
    for (let look = 1; look <= MOST_LOOKS && !stream.aborted && !deps.isDraining(); look++) {
      await stream.sleep(LOOK_MS)
      const count = deps.activity.count()
      if (count !== seen) await stream.writeSSE({ event: 'changed', data: '' })
      else if (look % SILENT_LOOKS === 0) await stream.write(': still here\n\n')
      seen = count
    }
  })
