// Tells when a file changed, by looking at it: an editor that renames another into its place, a mount that swaps the whole
// folder and a network disk all look the same from here. A look is one stat.
import { stat } from 'node:fs/promises'

export interface FileWatch {
  stop(): void
}

export interface FileWatchOptions {
  path: string
  /** Called once per change, when the file has been still for one look. */
  onChange: () => Promise<unknown>
  everyMs?: number
}

const EVERY_MS = 500

/** Which file it is, and its state; null where there is none. */
const stampOf = (path: string): Promise<string | null> =>
  stat(path, { bigint: true }).then(
    ({ ino, mtimeNs, size }) => `${ino}:${mtimeNs}:${size}`,
    () => null,
  )

/** The first look counts as a change: nobody knows what happened between the last reading and the start of the watch. */
export const watchFile = (options: FileWatchOptions): FileWatch => {
  const { path, onChange, everyMs = EVERY_MS } = options
  let told: string | null | undefined
  let seen: string | null | undefined
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      const stamp = await stampOf(path)
      const isStill = stamp === seen
      seen = stamp
      if (!isStill || stamp === told) return
      told = stamp
      await onChange()
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
