// What the figures were measured on; a load average near the number of cores means that they are not worth much.
import { availableParallelism, cpus, loadavg } from 'node:os'

export interface MachineFacts {
  cpu: string
  cores: number
  node: string
  platform: string
  /** One minute, before and after the run. */
  loadBefore: number
  loadAfter: number
}

const load = (): number => Number((loadavg()[0] as number).toFixed(2))

/** Reads the load now, and once more when the result is called. */
export const observeMachine = (): (() => MachineFacts) => {
  const loadBefore = load()
  return () => ({
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    loadBefore,
    loadAfter: load(),
  })
}

/** One line, and a second where others used the processor: then every figure is too high, and ratios are blurred. */
export const machineLines = (facts: MachineFacts): string[] => [
  `${facts.cpu}, ${facts.cores} cores, node ${facts.node}, ${facts.platform}, ` +
    `load average ${facts.loadBefore} before and ${facts.loadAfter} after`,
  ...(facts.loadBefore > facts.cores / 2
    ? ['The machine was busy: do not trust these figures.']
    : []),
]
