// Memory of a process and its children, from /proc; null where there is none.
import { readFileSync } from 'node:fs'

export interface ProcessMemory {
  /** Sum of what each process sees as its own: pages that two of them share count twice. MB. */
  rssMb: number
  /** The same with shared pages counted in parts, so that they count once. MB. */
  pssMb: number
  processes: number
}

const familyOf = (pid: number): number[] => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
  return [pid, ...children.filter(Boolean).flatMap((child) => familyOf(Number(child)))]
}

const kilobytes = (rollup: string, name: string): number =>
  Number(
    rollup
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.match(/\d+/)?.[0] ?? 0,
  )

export const processMemory = (pid: number | undefined): ProcessMemory | null => {
  try {
    const rollups = familyOf(Number(pid)).map((one) =>
      readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'),
    )
    const megabytes = (name: string): number =>
      Math.round(rollups.reduce((sum, rollup) => sum + kilobytes(rollup, name), 0) / 1_000)
    return { rssMb: megabytes('Rss'), pssMb: megabytes('Pss'), processes: rollups.length }
  } catch {
    return null
  }
}
