// Work on what clients and providers send grows no faster than it does, whatever it holds.
import { describe, expect, it } from 'vitest'
import { HOSTILE_TEXTS, type MakeText } from '../scripts/rig/hostile-texts.ts'
import { ANSWER_READERS, PIECE_READERS, REPLY_READERS } from './support/answer-readers.ts'
import { PROVIDER_REQUESTS, REQUEST_READERS, SAMPLED_READERS } from './support/dialect-readers.ts'
import { faultOf, type Work } from './support/linear.ts'
import { BOUNDED_READERS, EDGE_READERS, PROMPT_READERS } from './support/text-readers.ts'

const MEGABYTE = [16_384, 65_536, 1_048_576]
/** For what is only ever given a text that was cut before, or is slow for its size. */
const SMALL = [4_096, 16_384, 65_536]

const SAMPLE = [1_024, 4_096]

const holds = (
  readers: Record<string, Work>,
  sizes: readonly number[],
  texts: Iterable<[string, MakeText]> = HOSTILE_TEXTS,
): void => {
  it.each(Object.entries(readers))(
    '%s',
    async (_name, work) => {
      const faults: string[] = []
      for (const [text, make] of texts) {
        const fault = await faultOf(work, make, sizes)
        if (fault !== null) faults.push(`${text}: ${fault}`)
        if (faults.length === 3) break
      }
      expect(faults).toEqual([])
    },
    240_000,
  )
}

describe('a prompt is read in linear time', () => holds(PROMPT_READERS, MEGABYTE))
describe('a text that was cut is read in linear time', () => holds(BOUNDED_READERS, SMALL))
describe('bytes and log lines are read in linear time', () => holds(EDGE_READERS, MEGABYTE))
describe('a request is translated in linear time', () => holds(REQUEST_READERS, MEGABYTE))
describe('a request to a provider is written in linear time', () =>
  holds(PROVIDER_REQUESTS, MEGABYTE))
describe('an answer is read in linear time', () => holds(ANSWER_READERS, SMALL))
describe('an answer is told in another dialect in linear time', () => holds(REPLY_READERS, SMALL))
describe('the tokenizer is asked in linear time', () => holds(SAMPLED_READERS, SAMPLE))
describe('an answer in tiny pieces is read in linear time', () =>
  holds(PIECE_READERS, SMALL, [['letters', (chars) => 'a'.repeat(chars)]]))
