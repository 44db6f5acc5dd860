import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dataPaths } from '../../src/config/data-paths.ts'
import { projectRoot } from '../../src/config/project-root.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'signalbox-paths-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const trainingIn = (training_data: string): string =>
  dataPaths({ training_data }, { env: {}, cwd }).trainingData

describe('the training data', () => {
  it('is the folder of that name where the program runs', () => {
    mkdirSync(join(cwd, 'training-data'))
    expect(trainingIn('training-data')).toBe(join(cwd, 'training-data'))
  })

  it('is what comes with the program where nobody has a folder', () => {
    expect(trainingIn('training-data')).toBe(join(projectRoot(), 'training-data'))
  })

  it('is never what comes with the program where a folder is named', () => {
    expect(trainingIn('mine')).toBe(join(cwd, 'mine'))
  })
})

it('the data lies where SIGNALBOX_DATA says', () => {
  const { data, database } = dataPaths(
    { training_data: 'mine' },
    { env: { SIGNALBOX_DATA: '/srv/data' }, cwd },
  )
  expect([data, database]).toEqual(['/srv/data', '/srv/data/signalbox.db'])
})
