// Detects changes of a file by polling (one stat each), which also works with editors that replace the file, mounts that swap the whole
// folder, and network disks.
import { stat } from 'node:fs/promises'

export interface FileWatch {
  stop(): void
}

export interface FileWatchOptions {
  path: string
  /** Called once per change, after the file was unchanged for one poll. */
  onChange: () => Promise<unknown>
  everyMs?: number
}

const EVERY_MS = 500

/** Identity and state of the file; null where there is none. */
const stampOf = (path: string): Promise<string | null> =>
  stat(path, { bigint: true }).then(
    ({ ino, mtimeNs, size }) => `${ino}:${mtimeNs}:${size}`,
    () => null,
  )

/** The first poll counts as a change, because the file may have changed between the last read and the start of the watch. */
export const watchFile = (options: FileWatchOptions): FileWatch => {
  const { path, onChange, everyMs = EVERY_MS } = options
  let reported: string | null | undefined
  let seen: string | null | undefined
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      const stamp = await stampOf(path)
      const isStill = stamp === seen
      seen = stamp
      if (!isStill || stamp === reported) return
      reported = stamp
      await onChange()
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
