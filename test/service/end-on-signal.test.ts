import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { endOnSignal } from '../../src/service/end-on-signal.ts'
import { recordingLogger } from '../store/fixtures.ts'
import { deferred } from '../support/deferred.ts'

const setUp = (env: NodeJS.ProcessEnv = {}) => {
  const exits: number[] = []
  const draining = deferred<void>()
  const time = { nowMs: 0 }
  let drains = 0
  let check: (() => void) | null = null
  const standIn = Object.assign(new EventEmitter(), {
    ppid: 41,
    exit: (code: number) => void exits.push(code),
  })
  const isEnding = endOnSignal({
    process: standIn,
    env,
    logger: recordingLogger(),
    drain: () => {
      drains++
      return draining.promise
    },
    monotonicMs: () => time.nowMs,
    every: (work) => {
      check = work
    },
  })
  return {
    exits,
    isEnding,
    time,
    process: standIn,
    drains: () => drains,
    finish: async () => {
      draining.resolve()
      await new Promise(setImmediate)
    },
    check: () => check?.(),
    isWatching: () => check !== null,
  }
}

const NPM = { npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js' }

it.each(['SIGTERM', 'SIGINT'])('drains at %s, and exits 0 when that is done', async (signal) => {
  const { process, exits, isEnding, drains, finish } = setUp()
  expect(isEnding()).toBe(false)
  process.emit(signal)
  expect(isEnding()).toBe(true)
  expect([drains(), exits]).toEqual([1, []])
  await finish()
  expect(exits).toEqual([0])
})

it('takes all SIGINT of one Ctrl-C under npm as one, also where the last comes late', async () => {
  const { process, exits, time, drains, finish } = setUp(NPM)
  for (let i = 0; i < 3; i++) process.emit('SIGINT')
  time.nowMs = 5_000
  process.emit('SIGINT')
  expect([drains(), exits]).toEqual([1, []])
  await finish()
  expect(exits).toEqual([0])
})

it.each([
  ['SIGTERM', {}, 1],
  ['SIGINT', {}, 1],
  ['SIGTERM', NPM, 1],
  ['SIGINT', NPM, 2],
])('exits 1 at another %s under %j (%i more), whatever still runs', (signal, env, more) => {
  const { process, exits, time } = setUp(env)
  process.emit('SIGTERM')
  time.nowMs = 1_000
  for (let i = 1; i < more; i++) process.emit(signal)
  expect(exits).toEqual([])
  process.emit(signal)
  expect(exits).toEqual([1])
})

it('drains when the shell between npm and it is gone, once', async () => {
  const { process, exits, check, drains, finish } = setUp(NPM)
  check()
  expect(drains()).toBe(0)
  process.ppid = 1
  check()
  check()
  expect(drains()).toBe(1)
  await finish()
  expect(exits).toEqual([0])
})

it('outlives its parent where npm has not started it', () => {
  expect(setUp({}).isWatching()).toBe(false)
})
