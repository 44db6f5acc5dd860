// Messages for a failed start or command: what the system refused, and what to do about it.
import { RouterError } from '../errors.ts'

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

const listenText = ({ code, address, port }: Record<string, unknown>): string | null => {
  const place = `${address}:${port}`
  const choose = 'choose another with --port, PORT or server.port'
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${address} is in use by another process: stop it, or ${choose}.`
    case 'EACCES':
      return `This user may not listen on ${place}: ports below 1024 need root; ${choose}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${address} is not an address of this machine: correct --host, HOST or server.host.`
    default:
      return null
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'there is a file of this name',
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
}

/** `EROFS` → `the file system is read-only (EROFS)`; null for other errors. */
export const refusalText = (error: unknown): string | null => {
  const { code } = error as NodeJS.ErrnoException
  const refusal = typeof code === 'string' ? REFUSALS[code] : undefined
  return refusal === undefined ? null : `${refusal} (${code})`
}

/** One or several lines. RouterErrors already contain their remedy. */
export const failureText = (error: unknown): string => {
  if (error instanceof RouterError) return error.message
  const facts = (error ?? {}) as Record<string, unknown>
  if (facts.syscall === 'listen' || facts.syscall === 'getaddrinfo') {
    return listenText({ address: facts.hostname, ...facts }) ?? messageOf(error)
  }
  const refusal = refusalText(error)
  return refusal !== null && typeof facts.path === 'string'
    ? `${facts.path}: ${refusal}.`
    : messageOf(error)
}
