import { describe, expect, it } from 'vitest'
import {
  givesEqualRows,
  outputsOf,
  type PreparedPrompt,
  takeAlike,
  type WaitingPrompt,
} from '../../src/encoder/shared-runs.ts'

const windowOf = (tokens: number) => ({ input_ids: Array.from({ length: tokens }, (_, at) => at) })

/** One window of so many tokens; several of them make a long prompt. */
const waitingFor = (job: number, ...windows: number[]): WaitingPrompt => ({
  job,
  prompt: windows.map(windowOf),
})

const jobsOf = (prompts: WaitingPrompt[]): number[] => prompts.map(({ job }) => job)

describe('of the prompts that wait', () => {
  it('the first is taken, with those of as many tokens, wherever they stand', () => {
    const waiting = [
      waitingFor(1, 12),
      waitingFor(2, 9),
      waitingFor(3, 12),
      waitingFor(4, 9),
      waitingFor(5, 12),
    ]
    expect(jobsOf(takeAlike(waiting))).toEqual([1, 3, 5])
    expect(jobsOf(takeAlike(waiting))).toEqual([2, 4])
    expect([takeAlike(waiting), waiting]).toEqual([[], []])
  })

  it('no more than four are taken, so that the first does not wait for many', () => {
    const waiting = Array.from({ length: 6 }, (_, at) => waitingFor(at, 12))
    expect(jobsOf(takeAlike(waiting))).toEqual([0, 1, 2, 3])
    expect(jobsOf(waiting)).toEqual([4, 5])
  })

  it.each([
    ['of several windows', [20, 20]],
    ['of a long window', [65]],
  ])('one %s is run alone', (_, windows) => {
    const waiting = [waitingFor(1, ...windows), waitingFor(2, ...windows)]
    expect(jobsOf(takeAlike(waiting))).toEqual([1])
  })
})

it('gives each prompt of a run its own part of every output', () => {
  const outputs = {
    embedding: { dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    tokens: { dims: [2, 2, 1], data: Float32Array.of(1, 2, 3, 4) },
  }
  expect(outputsOf(outputs, 1, 2)).toEqual({
    embedding: { dims: [1, 3], data: Float32Array.of(4, 5, 6) },
    tokens: { dims: [1, 2, 1], data: Float32Array.of(3, 4) },
  })
})

describe('a graph', () => {
  const prepare = (text: string): PreparedPrompt => [windowOf(text.split(' ').length)]
  const rowOf = (prompt: PreparedPrompt) => Float32Array.of(prompt[0]?.input_ids.length ?? 0, 0.5)
  const alone = async (prompt: PreparedPrompt) => rowOf(prompt)

  it('shares runs where each prompt gets the row that it gets alone', async () => {
    const together = async (prompts: readonly PreparedPrompt[]) => prompts.map(rowOf)
    expect(await givesEqualRows({ prepare, alone, together })).toBe(true)
  })

  it.each([
    [
      'the rows differ in one number',
      async (prompts: readonly PreparedPrompt[]) =>
        prompts.map((prompt) => rowOf(prompt).map((value, at) => value + at * 1e-7)),
    ],
    ['it takes one prompt only', () => Promise.reject(new Error('bad dimensions'))],
    ['it leaves some out', async (prompts: readonly PreparedPrompt[]) => [rowOf(prompts[0] ?? [])]],
  ])('does not where %s', async (_, together) => {
    expect(await givesEqualRows({ prepare, alone, together })).toBe(false)
  })
})
