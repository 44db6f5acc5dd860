// Processor time of a process, or of its child processes, from /proc; null where there is none.
import { readFileSync } from 'node:fs'

/** USER_HZ, which Linux fixes for /proc. */
const TICKS_PER_SECOND = 100
/** Positions of user and system time behind the command, which may hold spaces and brackets. */
const FIELDS = { own: [11, 12], children: [13, 14] } as const

/** Milliseconds so far, threads included: the process's own, or those of its children that have ended. */
export const cpuMs = (
  pid: number | 'self' | undefined,
  of: keyof typeof FIELDS = 'own',
): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system] = FIELDS[of].map((at) => Number(fields[at]))
    return (((user ?? 0) + (system ?? 0)) * 1_000) / TICKS_PER_SECOND
  } catch {
    return null
  }
}

/** Of the child processes that run now, each by itself. */
export const childrenCpuMs = (pid: number | undefined): number | null => {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return pids.reduce((sum, child) => sum + (cpuMs(Number(child)) ?? 0), 0)
  } catch {
    return null
  }
}
