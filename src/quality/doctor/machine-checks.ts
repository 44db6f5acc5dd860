// What the machine gives a server: a data folder that can be written, room on the disk, a free port, a clock.
import { existsSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { Config } from '../../config/config-schema.ts'
import type { DataPaths } from '../../config/data-paths.ts'
import { findDataLockHolder } from '../../store/data-lock.ts'
import { readManifest } from '../../vector-index/generation-check.ts'
import { currentGeneration } from '../../vector-index/generation-store.ts'
import { type Check, type Finding, findingsOf } from './finding.ts'
import { errorCode } from './network.ts'

export interface Machine {
  /** Null where it is not valid: the port is then not known. */
  config: Config | null
  paths: DataPaths
  /** Milliseconds since the epoch. */
  now: () => number
}

const nearestFolder = (path: string): string => {
  let folder = path
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'This user has no right to write there.',
  EPERM: 'This user has no right to write there.',
  EROFS: 'The file system is mounted read-only.',
  ENOSPC: 'The disk is full.',
  EDQUOT: 'The disk quota is used up.',
  ENOTDIR: 'A part of the path is a file.',
}

/** Writes a file of its own and takes it away: what rights say and what a mount allows are two things. */
const checkFolder = async ({ paths }: Machine): Promise<Finding[]> => {
  const { ok, failure } = findingsOf('data folder')
  const folder = nearestFolder(paths.data)
  const probe = join(folder, `.doctor-${process.pid}`)
  try {
    await (await open(probe, 'wx', 0o600)).close()
    await rm(probe, { force: true })
    const rest = folder === paths.data ? '' : ' (the start makes it)'
    return [ok(`${paths.data}${rest} can be written.`)]
  } catch (error) {
    const code = errorCode(error)
    return [
      failure({
        detail: `The data folder ${paths.data} cannot be written (${code}).`,
        cause: REFUSALS[code ?? ''] ?? 'The system refused to make a file there.',
        fix: `Give this user the right to write ${folder} (chown, a writable volume), or choose another folder with --data or SIGNALBOX_DATA.`,
      }),
    ]
  }
}

const GIB = 1024 ** 3
const FAILING_BYTES = GIB / 8
const WARNING_BYTES = GIB

const checkDisk = async ({ paths }: Machine): Promise<Finding[]> => {
  const { ok, warning, failure, skipped } = findingsOf('disk')
  const folder = nearestFolder(paths.data)
  const { bavail, blocks, bsize } = await statfs(folder)
  if (blocks === 0) return [skipped(`The file system at ${folder} does not say how large it is.`)]
  const free = bavail * bsize
  const detail = `${(free / GIB).toFixed(1)} GiB of ${((blocks * bsize) / GIB).toFixed(1)} GiB are free at ${folder}.`
  if (free >= WARNING_BYTES) return [ok(detail)]
  const say = free < FAILING_BYTES ? failure : warning
  return [
    say({
      detail,
      cause: 'A full disk loses decisions and votes, and no generation can be built.',
      fix: 'Make room, lower storage.retention_days, or move the data folder with SIGNALBOX_DATA.',
    }),
  ]
}

const tryPort = ({ host, port }: Config['server']): Promise<unknown> =>
  new Promise((resolve) => {
    const server = createServer().once('error', resolve)
    server.listen(port, host, () => server.close(() => resolve(null)))
  })

const PORT_CAUSES: Readonly<Record<string, (server: Config['server']) => [string, string]>> = {
  EADDRINUSE: ({ port }) => [
    'Another process listens there, and no server of this data folder runs.',
    `Stop it (ss -ltnp 'sport = :${port}' names it), or choose another with --port, PORT or server.port.`,
  ],
  EACCES: () => [
    'Ports below 1024 belong to root.',
    'Choose a higher one with --port, PORT or server.port.',
  ],
}

const checkPort = async ({ config, paths }: Machine): Promise<Finding[]> => {
  const { ok, failure, skipped } = findingsOf('port')
  if (config === null) return [skipped('The configuration is not valid, so the port is not known.')]
  const { server } = config
  const place = `${server.host}:${server.port}`
  const holder = findDataLockHolder(paths.data)
  if (holder !== null) return [ok(`A server runs on this data folder (process ${holder}).`)]
  const error = await tryPort(server)
  if (error === null) return [ok(`${place} is free.`)]
  const code = errorCode(error)
  const [cause, fix] = PORT_CAUSES[code ?? '']?.(server) ?? [
    `${server.host} is no address of this machine.`,
    'Correct --host, HOST or server.host.',
  ]
  return [failure({ detail: `${place} cannot be listened on (${code}).`, cause, fix })]
}

/** Clocks of machines that share a folder differ a little. */
const TOLERANCE_MS = 60_000

/** Against the newest thing that was written with a time: no other clock is asked. */
const checkClock = async ({ paths, now }: Machine): Promise<Finding[]> => {
  const { ok, warning } = findingsOf('clock')
  const number = await currentGeneration(paths.index).catch(() => null)
  const manifest =
    number === null ? null : await readManifest(paths.index, number).catch(() => null)
  const said = new Date(now()).toISOString()
  if (manifest === null || manifest.createdAtMs <= now() + TOLERANCE_MS) return [ok(`${said}.`)]
  const built = new Date(manifest.createdAtMs).toISOString()
  return [
    warning({
      detail: `It is ${said} here, and the serving generation was built at ${built}.`,
      cause: 'The clock of this machine is behind, or was ahead when the index was built.',
      fix: 'Set the clock (NTP): keys, budgets and retention go by it.',
    }),
  ]
}

export const machineChecks = (machine: Machine): Check[] => [
  { name: 'data folder', run: () => checkFolder(machine) },
  { name: 'disk', run: () => checkDisk(machine) },
  { name: 'port', run: () => checkPort(machine) },
  { name: 'clock', run: () => checkClock(machine) },
]
