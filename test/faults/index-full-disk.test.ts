// X03, D08: a file system that refuses. A file-size limit makes hnswlib's write fail as a full disk does: silently. And each
// single call that writes is made to fail once. The old generation serves on, and nothing half-written is left.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { loadGeneration } from '../../src/vector-index/generation-loader.ts'
import { generationFolder } from '../../src/vector-index/generation-name.ts'
import {
  currentGeneration,
  listGenerations,
  setCurrent,
} from '../../src/vector-index/generation-store.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { ask } from '../vector-index/support/child.ts'
import { FIT, makeDraft, temporaryFolder } from '../vector-index/support/fixtures.ts'

/** Counts every call that changes the disk, and refuses the one whose turn is `failAt`. */
const disk = vi.hoisted(() => ({ calls: 0, failAt: Number.POSITIVE_INFINITY }))

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>()
  const turn = (): void => {
    disk.calls += 1
    if (disk.calls !== disk.failAt) return
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
  const guarded = ['chmod', 'sync', 'writeFile'] as const
  return {
    ...real,
    mkdir: async (...args: Parameters<typeof real.mkdir>) => {
      turn()
      return real.mkdir(...args)
    },
    rename: async (...args: Parameters<typeof real.rename>) => {
      turn()
      return real.rename(...args)
    },
    open: async (...args: Parameters<typeof real.open>) => {
      const handle = await real.open(...args)
      for (const name of guarded) {
        const original = handle[name].bind(handle) as (...rest: unknown[]) => Promise<void>
        Object.assign(handle, {
          [name]: async (...rest: unknown[]) => {
            turn()
            return original(...rest)
          },
        })
      }
      return handle
    },
  }
})

const refuseCall = (failAt: number): void => {
  disk.calls = 0
  disk.failAt = failAt
}

afterEach(() => refuseCall(Number.POSITIVE_INFINITY))

const draft = makeDraft({ count: 300 })

const folderWithOne = async (): Promise<string> => {
  const dir = await temporaryFolder()
  await writeGeneration(dir, draft)
  await setCurrent(dir, 1)
  return dir
}

const expectOldIntact = async (dir: string): Promise<void> => {
  expect(await currentGeneration(dir)).toBe(1)
  expect((await loadGeneration(dir, 1, FIT)).index.kind).toBe('hnsw')
}

/** The writing child under `ulimit -f`: any file that grows beyond `bytes` stops growing, with EFBIG for who looks. */
const startLimited = (bytes: number): ChildProcess => {
  const url = new URL('../vector-index/support/write-child.mjs', import.meta.url)
  const script = `ulimit -f ${Math.floor(bytes / 1_024)}; exec "$0" "$1"`
  const child = spawn('bash', ['-c', script, process.execPath, fileURLToPath(url)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

describe('a disk that is full', () => {
  it.each([
    ['vectors.f32', 0.5],
    ['hnsw.bin', 0.95],
  ])('is noticed while %s is written, and the old generation stays', async (file, share) => {
    const dir = await folderWithOne()
    const { size } = await stat(join(generationFolder(dir, 1), file))
    const child = startLimited(size * share)
    const failure = new Promise((resolve) => {
      child.on('message', (message: { at: string }) => message.at === 'failed' && resolve(message))
    })
    await ask(child, { dir, draft, rounds: 1 })
    expect(await failure).toMatchObject(
      file === 'hnsw.bin'
        ? { code: 'index_invalid', message: expect.stringMatching(/hnsw\.bin/) }
        : { code: 'internal', isRetryable: true, details: { errno: 'EFBIG' } },
    )
    await once(child, 'close')
    await expectOldIntact(dir)
    expect((await readdir(dir)).sort()).toEqual(['current', 'g000001'])
  })

  it('at any single call of a build leaves the old state or the new, and a later build works', async () => {
    const dir = await folderWithOne()
    refuseCall(Number.POSITIVE_INFINITY)
    await writeGeneration(dir, draft)
    const calls = disk.calls
    expect(calls).toBeGreaterThan(10)
    for (let failAt = 1; failAt <= calls; failAt++) {
      const before = await listGenerations(dir)
      refuseCall(failAt)
      await expect(writeGeneration(dir, draft)).rejects.toMatchObject({
        code: 'internal',
        isRetryable: true,
        details: { errno: 'ENOSPC' },
      })
      refuseCall(Number.POSITIVE_INFINITY)
      // Only the very last call comes after the rename: then the generation is there, whole, and merely not current.
      const added = (await listGenerations(dir)).filter((number) => !before.includes(number))
      expect(added.length).toBe(failAt === calls ? 1 : 0)
      for (const number of added) await loadGeneration(dir, number, FIT)
      expect((await readdir(dir)).filter((name) => name.startsWith('tmp-'))).toEqual([])
    }
    await expectOldIntact(dir)
    await setCurrent(dir, (await writeGeneration(dir, draft)).generation)
  }, 60_000)

  it('at any single call of setCurrent leaves the old pointer or the new', async () => {
    const dir = await folderWithOne()
    await writeGeneration(dir, draft)
    refuseCall(Number.POSITIVE_INFINITY)
    await setCurrent(dir, 1)
    const calls = disk.calls
    expect(calls).toBeGreaterThanOrEqual(4)
    for (let failAt = 1; failAt <= calls; failAt++) {
      refuseCall(failAt)
      await expect(setCurrent(dir, 2)).rejects.toThrow(/ENOSPC/)
      refuseCall(Number.POSITIVE_INFINITY)
      expect(await currentGeneration(dir)).toBe(failAt === calls ? 2 : 1)
      expect((await readdir(dir)).filter((name) => name.startsWith('tmp-'))).toEqual([])
    }
  })

  it('is told with the errno where the folder cannot be made', async () => {
    const file = join(await temporaryFolder(), 'a-file')
    await writeFile(file, '')
    await expect(writeGeneration(join(file, 'index'), draft)).rejects.toMatchObject({
      code: 'internal',
      details: { errno: 'ENOTDIR' },
    })
  })
})
