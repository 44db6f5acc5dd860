// signalbox route "text": the whole decision for one prompt, without a server and without an upstream call.
import type { Command } from 'commander'
import type { Decision } from '../src/core/types.ts'
import { openContext } from './support/context.ts'
