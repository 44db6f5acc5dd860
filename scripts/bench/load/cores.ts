// How many cores server, encoder and this client kept busy during a measurement: what they take from each other where all three share
// the machine, as in bench:load.
import type { BuiltServer } from '../../rig/built-server.ts'

/** 1 is a whole core; null where the machine does not tell. */
export interface Cores {
  /** Threads included. */
  server: number | null
  /** All processes of it. */
  encoder: number | null
  client: number
}

type Times = Pick<BuiltServer, 'cpuMs' | 'childrenCpuMs'>

const ownMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const read = ({ cpuMs, childrenCpuMs }: Times) => ({
  server: cpuMs(),
  encoder: childrenCpuMs(),
  client: ownMs(),
  at: performance.now(),
})

const share = (from: number | null, to: number | null, wallMs: number): number | null =>
  from === null || to === null ? null : (to - from) / wallMs

export const withCores = async <T>(
  times: Times,
  work: () => Promise<T>,
): Promise<{ result: T; cores: Cores }> => {
  const from = read(times)
  const result = await work()
  const to = read(times)
  const wallMs = to.at - from.at
  const cores = {
    server: share(from.server, to.server, wallMs),
    encoder: share(from.encoder, to.encoder, wallMs),
    client: (to.client - from.client) / wallMs,
  }
  return { result, cores }
}
