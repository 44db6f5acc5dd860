// How many encoder processes a configuration asks for.
import { availableParallelism } from 'node:os'
import type { EncoderConfig } from '../config/config-schema.ts'

/** As many as `encoder.processes` allows at most. */
const MOST = 16

/** One for each core but the server's, where the configuration says `auto`. */
export const processCount = (
  processes: EncoderConfig['processes'],
  cores: number = availableParallelism(),
): number => (processes === 'auto' ? Math.min(MOST, Math.max(1, cores - 1)) : processes)
