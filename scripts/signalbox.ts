#!/usr/bin/env node
// The `signalbox` command; what it does is in program.ts.
import { runProgram } from './program.ts'

await runProgram(process.argv.slice(2))
