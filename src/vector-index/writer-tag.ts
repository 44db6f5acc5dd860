// Who is writing: a name for a process that is not reused. A pid alone is (a restarted container hands out the same small
// ones), so the tag also holds when the process began, and what a dead process left behind is not taken for live work.
import { readFileSync } from 'node:fs'

const TAG = /^(\d+)-(\d+)$/
const START_TIME_FIELD = 19

/** Clock ticks between boot and the start of `pid` (proc(5), field 22); 0 where the system has no /proc; null if gone. */
const startTicks = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in brackets, which may itself hold spaces and brackets.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD] ?? '0'
  } catch {
    return process.platform === 'linux' ? null : '0'
  }
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, but another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** `<pid>-<start>` of this process. */
export const ownTag = (): string => `${process.pid}-${startTicks(process.pid) ?? '0'}`

/** The pid in a tag, or null where it is none. */
export const pidOfTag = (tag: string): number | null => {
  const pid = TAG.exec(tag)?.[1]
  return pid === undefined ? null : Number(pid)
}

/** True where the process that the tag names still runs. False for what is not a tag. */
export const isWriterAlive = (tag: string): boolean => {
  const [, pid, start] = TAG.exec(tag) ?? []
  if (pid === undefined || !isRunning(Number(pid))) return false
  return (startTicks(Number(pid)) ?? '0') === start
}
