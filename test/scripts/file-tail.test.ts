import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createFileTail, type FileTail } from '../../scripts/terminal/file-tail.ts'
import { temporaryFolder } from '../store/fixtures.ts'

let path: string
let tail: FileTail

beforeEach(() => {
  path = join(temporaryFolder(), 'log')
  writeFileSync(path, 'one\ntwo\nthr')
  tail = createFileTail(path)
  onTestFinished(() => tail.close())
})

describe('the tail of a file', () => {
  it('is the lines that are there, then those that come, each once it is whole', async () => {
    expect(await tail.read()).toEqual(['one', 'two'])
    expect(await tail.read()).toEqual([])
    appendFileSync(path, 'ee\nfour\nfi')
    expect(await tail.read()).toEqual(['three', 'four'])
    appendFileSync(path, 've\n')
    expect(await tail.read()).toEqual(['five'])
  })

  it('goes on in the next file after a rotation, without losing the end of the old one', async () => {
    await tail.read()
    appendFileSync(path, 'ee\nlast of the old\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'first of the new\n')
    expect(await tail.read()).toEqual(['three', 'last of the old', 'first of the new'])
    appendFileSync(path, 'second\n')
    expect(await tail.read()).toEqual(['second'])
  })

  it('waits for the next file where there is none yet', async () => {
    await tail.read()
    renameSync(path, `${path}.1`)
    expect(await tail.read()).toEqual([])
    writeFileSync(path, 'new\n')
    expect(await tail.read()).toEqual(['new'])
  })

  it('begins again in a file that was cut short', async () => {
    await tail.read()
    truncateSync(path, 0)
    appendFileSync(path, 'x\n')
    expect(await tail.read()).toEqual(['x'])
  })

  it('keeps characters whole that are written in two parts', async () => {
    await tail.read()
    const bytes = Buffer.from('ä\n')
    appendFileSync(path, bytes.subarray(0, 1))
    expect(await tail.read()).toEqual([])
    appendFileSync(path, bytes.subarray(1))
    expect(await tail.read()).toEqual(['thrä'])
  })

  it('passes over a line without end and goes on behind it', async () => {
    await tail.read()
    appendFileSync(path, 'x'.repeat(3_000_000))
    expect(await tail.read()).toEqual([])
    appendFileSync(path, '\nnext\n')
    expect(await tail.read()).toEqual(['next'])
  })

  it('says that a file does not exist which is not there from the first', async () => {
    await expect(createFileTail(`${path}.none`).read()).rejects.toThrow('ENOENT')
  })
})
