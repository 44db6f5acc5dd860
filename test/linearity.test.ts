// Work on prompts and bytes grows no faster than they do, whatever they hold. Of dialects: dialects/linearity.test.ts.
import { describe } from 'vitest'
import { SAMPLED_READERS } from './support/dialect-readers.ts'
import { holdsLinear, MEGABYTE, SMALL } from './support/linear.ts'
import { BOUNDED_READERS, EDGE_READERS, PROMPT_READERS } from './support/text-readers.ts'

const SAMPLE = [1_024, 4_096]

describe('a prompt is read in linear time', () => holdsLinear(PROMPT_READERS, MEGABYTE))
describe('a text that was cut is read in linear time', () => holdsLinear(BOUNDED_READERS, SMALL))
describe('bytes and log lines are read in linear time', () => holdsLinear(EDGE_READERS, MEGABYTE))
describe('the tokenizer is asked in linear time', () => holdsLinear(SAMPLED_READERS, SAMPLE))
