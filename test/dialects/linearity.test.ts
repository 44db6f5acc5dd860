// Work on what clients and providers send grows no faster than it does, whatever it holds.
import { describe } from 'vitest'
import { ANSWER_READERS, PIECE_READERS, REPLY_READERS } from '../support/answer-readers.ts'
import { PROVIDER_REQUESTS, REQUEST_READERS } from '../support/dialect-readers.ts'
import { holdsLinear, MEGABYTE, SMALL } from '../support/linear.ts'

describe('a request is translated in linear time', () => holdsLinear(REQUEST_READERS, MEGABYTE))
describe('a request to a provider is written in linear time', () =>
  holdsLinear(PROVIDER_REQUESTS, MEGABYTE))
describe('an answer is read in linear time', () => holdsLinear(ANSWER_READERS, SMALL))
describe('an answer is told in another dialect in linear time', () =>
  holdsLinear(REPLY_READERS, SMALL))
describe('an answer in tiny pieces is read in linear time', () =>
  holdsLinear(PIECE_READERS, SMALL, [['letters', (chars) => 'a'.repeat(chars)]]))
