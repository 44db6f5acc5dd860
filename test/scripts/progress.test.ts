import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { createProgress } from '../../scripts/terminal/output.ts'

/** What is drawn on a terminal of 120 columns, with the clock advanced by hand. */
const drawn = () => {
  const output = new PassThrough()
  let text = ''
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8')
  })
  const stream = Object.assign(output, { isTTY: true, columns: 120, rows: 40 })
  const clock = { ms: 0 }
  const progress = createProgress(
    {},
    { stream: stream as unknown as NodeJS.WriteStream, now: () => clock.ms },
  )
  return { progress, clock, text: () => text }
}

it('shows the rate of a stage, and how long it will take', () => {
  const { progress, clock, text } = drawn()
  progress.update('Embedding', 0, 100)
  clock.ms = 2_000
  progress.update('Embedding', 50, 100)
  progress.stop()
  expect(text()).toContain('50/100, 25/s')
  expect(text()).toContain(' left')
})

it('counts the rate of the next stage from where that begins', () => {
  const { progress, clock, text } = drawn()
  progress.update('Embedding', 0, 100)
  clock.ms = 10_000
  progress.update('Fitting', 0, 4)
  clock.ms = 12_000
  progress.update('Fitting', 4, 4)
  progress.stop()
  expect(text()).toContain('4/4, 2/s')
})

it('draws nothing where stderr is no terminal', () => {
  const output = new PassThrough()
  const progress = createProgress({}, { stream: output as unknown as NodeJS.WriteStream })
  progress.update('Embedding', 1, 2)
  progress.stop()
  expect(output.read()).toBeNull()
})
