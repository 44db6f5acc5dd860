// One rebuild at a time, across processes and across crashes.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acquireBuildLock } from '../../src/vector-index/build-lock.ts'
import { ask, startChild } from './support/child.ts'
import { temporaryFolder } from './support/fixtures.ts'

interface Answer {
  outcome: string
  pid?: number
}

describe('the build lock', () => {
  it('is taken by one of two callers in one process, also from a dead builder', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'build.lock'), '4194305-1\n')
    const tries = await Promise.allSettled([1, 2, 3].map(() => acquireBuildLock(dir)))
    expect(tries.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
    for (const result of tries) {
      if (result.status === 'fulfilled') continue
      expect(result.reason).toMatchObject({ code: 'build_in_progress' })
    }
  })

  it('names the process that holds it', async () => {
    const dir = await temporaryFolder()
    const lock = await acquireBuildLock(dir)
    await expect(acquireBuildLock(dir)).rejects.toMatchObject({
      code: 'build_in_progress',
      isRetryable: true,
      details: { pid: process.pid },
      message: expect.stringContaining(String(process.pid)) as string,
    })
    const child = startChild('lock')
    expect(await ask<Answer>(child, { dir })).toEqual({
      outcome: 'build_in_progress',
      pid: process.pid,
    })
    await lock.release()
    expect(await ask<Answer>(child, { dir })).toEqual({ outcome: 'held' })
  })

  it('leaves no file behind, and is released once only', async () => {
    const dir = await temporaryFolder()
    const first = await acquireBuildLock(dir)
    await first.release()
    expect(await readdir(dir)).toEqual([])
    await acquireBuildLock(dir)
    await first.release()
    expect(await readdir(dir)).toEqual(['build.lock'])
  })

  it('is taken over from a process that was killed', async () => {
    const dir = await temporaryFolder()
    const child = startChild('lock')
    await ask(child, { dir })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await acquireBuildLock(dir)
    expect(await readFile(join(dir, 'build.lock'), 'utf8')).toMatch(`${process.pid}-`)
    expect(await readdir(dir)).toEqual(['build.lock'])
  })

  it('is taken over where its pid belongs to a younger process', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'build.lock'), `${process.pid}-1\n`)
    await acquireBuildLock(dir)
  })

  it('is taken over where it holds nonsense', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'build.lock'), '')
    await acquireBuildLock(dir)
  })

  it('is never held by two, however many reach for a dead builder’s lock at once', async () => {
    const children = Array.from({ length: 6 }, () => startChild('lock'))
    for (let round = 0; round < 10; round++) {
      const dir = await temporaryFolder()
      await writeFile(join(dir, 'build.lock'), '4194305-1\n')
      const answers = await Promise.all(children.map((child) => ask<Answer>(child, { dir })))
      const held = answers.filter(({ outcome }) => outcome === 'held')
      expect(held.length).toBeLessThanOrEqual(1)
      const others = answers.filter(({ outcome }) => outcome === 'build_in_progress')
      expect(held.length + others.length).toBe(6)
      if (held.length === 1) continue
      expect(await ask<Answer>(children[0] as ChildProcess, { dir })).toEqual({ outcome: 'held' })
    }
  })
})
