// One server per data directory, also after the one before was killed.
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { acquireDataLock, findDataLockHolder } from '../../src/store/data-lock.ts'
import { startModule } from './fault-fixtures.ts'
import { temporaryFolder } from './fixtures.ts'

const HOLDER = `
import { acquireDataLock } from 'DATA_LOCK'
acquireDataLock(process.argv[2])
console.log('locked')
setInterval(() => {}, 1000)
`
const inUse = (pid: number | undefined) =>
  expect.objectContaining({ code: 'data_directory_in_use', details: { pid } })

it('refuses a second server and names the first, in this process and from another', async () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  const lock = acquireDataLock(data)
  expect(() => acquireDataLock(data)).toThrow(inUse(process.pid))
  lock.release()

  const other = startModule(folder, HOLDER, [data])
  await other.line((line) => line === 'locked')
  expect(() => acquireDataLock(data)).toThrow(inUse(other.process.pid))
  expect(findDataLockHolder(data)).toBe(other.process.pid)
  await other.kill()
})

it('is free again the moment its holder was killed', async () => {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  for (let round = 0; round < 3; round++) {
    const other = startModule(folder, HOLDER, [data])
    await other.line((line) => line === 'locked')
    await other.kill()
    expect(findDataLockHolder(data)).toBeNull()
    acquireDataLock(data).release()
  }
})

it('is free after release, and for a directory that doesn’t exist', () => {
  const data = join(temporaryFolder(), 'data')
  expect(findDataLockHolder(data)).toBeNull()
  acquireDataLock(data).release()
  expect(findDataLockHolder(data)).toBeNull()
})

it('makes the directory private, also one that others could enter', () => {
  const data = join(temporaryFolder(), 'data')
  mkdirSync(data, { mode: 0o755 })
  const lock = acquireDataLock(data)
  expect(statSync(data).mode & 0o777).toBe(0o700)
  expect(statSync(join(data, 'server.lock')).mode & 0o777).toBe(0o600)
  lock.release()
})

it('says which folder cannot be written, and what to do', () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  const refused = expect.objectContaining({
    code: 'store_unavailable',
    message: expect.stringMatching(/^The data folder .*file\/data cannot be written: .*--data/),
  })
  expect(() => acquireDataLock(join(file, 'data'))).toThrow(refused)
})
