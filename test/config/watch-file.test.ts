import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { watchFile } from '../../src/config/watch-file.ts'
import { temporaryFolder } from '../support/training-folder.ts'

const startWatch = async () => {
  const dir = join(await temporaryFolder(), 'config')
  mkdirSync(dir)
  const path = join(dir, 'signalbox.yaml')
  writeFileSync(path, 'a')
  const onChange = vi.fn(async () => {})
  const watch = watchFile({ path, onChange, everyMs: 5 })
  onTestFinished(watch.stop)
  const told = (times: number) =>
    vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(times), { timeout: 10_000 })
  await told(1)
  return { dir, path, told }
}

it('tells of a file that is written, replaced by rename, or whose folder is replaced', async () => {
  const { dir, path, told } = await startWatch()
  appendFileSync(path, 'b')
  await told(2)
  writeFileSync(`${path}.draft`, 'c')
  renameSync(`${path}.draft`, path)
  await told(3)
  mkdirSync(`${dir}.draft`)
  writeFileSync(join(`${dir}.draft`, 'signalbox.yaml'), 'd')
  renameSync(dir, `${dir}.old`)
  await told(4) // gone
  renameSync(`${dir}.draft`, dir)
  await told(5)
})
