import { PassThrough, Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { runDialogue } from '../../scripts/terminal/review-dialogue.ts'
import { RouterError } from '../../src/errors.ts'
import type { RulingRequest } from '../../src/training/review/review.ts'
import type { ReviewItem } from '../../src/training/review/review-item.ts'

const decision = (n: number): ReviewItem => ({
  ...{ id: `d_${n}`, kind: 'decision', decisionId: `${n}`, text: `prompt ${n}`, route: 'code' },
  ...{ reason: 'matched', best: [{ route: 'code', score: 0.6 }], confidence: 0.6, standsFor: 4 },
  ...{ worth: 1, why: 'code is 60 % sure; stands for 4 prompts.', nearest: [] },
})

const newRoute: ReviewItem = {
  ...{ id: 'n_1', kind: 'new_route', name: 'timer', description: 'Prompts about timers.' },
  ...{ prompts: 30, purity: 0.9, nearestRoute: 'code', why: 'They lie close together.' },
  exemplars: [{ decisionId: '9', text: 'set a timer' }],
}

const talk = async (items: ReviewItem[], typed: string) => {
  const asked: Omit<RulingRequest, 'author'>[] = []
  const output = new PassThrough()
  const counts = await runDialogue({
    items,
    routes: ['code', 'math'],
    rule: async (request) => {
      asked.push(request)
      if (request.route === 'maths')
        throw new RouterError('route_not_found', 'Did you mean "math"?')
      return { ...request, route: request.route ?? null, message: 'Done.', yaml: null }
    },
    input: Readable.from([typed]),
    output,
  })
  output.end()
  return { asked, counts, shown: await readAll(output) }
}

it('asks about each item in turn, and rules by the keys', async () => {
  const items = [decision(1), decision(2), decision(3), decision(4), newRoute]
  const { asked, counts, shown } = await talk(items, 'a\nr\nmath\nx\ns\na\n\n')
  expect(asked).toEqual([
    { id: 'd_1', action: 'accept' },
    { id: 'd_2', action: 'relabel', route: 'math' },
    { id: 'd_3', action: 'reject' },
    { id: 'n_1', action: 'accept' },
  ])
  expect(counts).toEqual({ accepted: 2, relabelled: 1, rejected: 1, skipped: 1 })
  expect(shown).toContain('2 of 5')
  expect(shown).toContain('stands for 4 prompts')
})

it('explains a key that it does not know, and stays at a question that was answered wrongly', async () => {
  const { asked, counts, shown } = await talk([decision(1)], 'what\nr\nmaths\nmath\n')
  expect(asked.map(({ route }) => route)).toEqual(['maths', 'math'])
  expect(shown).toContain('Press one of the keys in brackets.')
  expect(shown).toContain('Did you mean "math"?')
  expect(counts.relabelled).toBe(1)
})

it('ends at q and where the input ends', async () => {
  const quit = await talk([decision(1), decision(2)], 'q\na\n')
  expect(quit.asked).toEqual([])
  const cut = await talk([decision(1), decision(2)], 'a\n')
  expect(cut.counts).toEqual({ accepted: 1, relabelled: 0, rejected: 0, skipped: 0 })
})

it('goes back from the route to the keys by an empty line', async () => {
  const { asked } = await talk([decision(1)], 'r\n\nx\n')
  expect(asked).toEqual([{ id: 'd_1', action: 'reject' }])
})

describe('on a terminal', () => {
  /** Types as a person does: the next keys when a question is shown. */
  const type = async (items: ReviewItem[], answers: string[]) => {
    const input = Object.assign(new PassThrough(), { isTTY: true, raw: false })
    const setRawMode = (isRaw: boolean) => Object.assign(input, { raw: isRaw })
    Object.assign(input, { setRawMode })
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
    let shown = ''
    output.on('data', (text: Buffer) => {
      shown += text.toString()
      if (text.toString().endsWith('> ') || text.toString().endsWith('\x1b[39G')) {
        setImmediate(() => input.write(answers.shift() ?? ''))
      }
    })
    const asked: Omit<RulingRequest, 'author'>[] = []
    const counts = await runDialogue({
      items,
      routes: ['code', 'math'],
      rule: async (request) => {
        asked.push(request)
        return { ...request, route: request.route ?? null, message: 'Done.', yaml: null }
      },
      input,
      output,
    })
    return { asked, counts, shown, isRaw: input.raw }
  }

  it('takes a key as it is pressed, and keeps those that come early', async () => {
    const { counts, isRaw } = await type([decision(1), decision(2), decision(3)], ['a', 'zxs'])
    expect(counts).toEqual({ accepted: 1, relabelled: 0, rejected: 1, skipped: 1 })
    expect(isRaw).toBe(false)
  })

  it('completes a route by tab, and takes keys again afterwards', async () => {
    const { asked, counts } = await type([decision(1), decision(2)], ['r', 'ma\t\r', 'x'])
    expect(asked[0]).toMatchObject({ action: 'relabel', route: 'math' })
    expect(counts).toMatchObject({ relabelled: 1, rejected: 1 })
  })

  it.each(['\u0003', '\u0004', 'q'])('ends by %j', async (key) => {
    const { asked, counts } = await type([decision(1), decision(2)], ['s', key])
    expect([asked, counts.skipped]).toEqual([[], 1])
  })
})
