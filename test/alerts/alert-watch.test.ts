import { expect, it } from 'vitest'
import { createAlertWatch } from '../../src/alerts/alert-watch.ts'
import { configSchema } from '../../src/config/config-schema.ts'
import type { AlertRecord } from '../../src/core/alerting/alert.ts'
import { createClock, type Minute, startSample } from '../core/alerting/made-samples.ts'
import { idOf, recordingLogger } from '../store/fixtures.ts'
import { exampleConfig } from '../support/training-folder.ts'

const START_MS = Date.parse('2026-03-01T12:00:00Z')

const createRig = (alerts: object = {}, kept: AlertRecord[] = []) => {
  const { providers, models, routes, default_route } = exampleConfig()
  const target = { ops: { kind: 'webhook', url_env: 'HOOK' } }
  const config = configSchema.parse({
    ...{ providers, models, routes, default_route },
    alerts: { targets: target, ...alerts },
  }).alerts
  const logger = recordingLogger()
  const told: { kind: string; state: string }[][] = []
  let next: Minute = {}
  let ids = 1
  let nowMs = START_MS
  const clock = createClock(startSample(START_MS))
  const watch = createAlertWatch({
    config: () => config,
    collect: async () => clock(next),
    store: {
      addAlertEvents: async (records) => void kept.unshift(...records),
      listAlertEvents: async () => kept,
    },
    env: { HOOK: 'https://hooks.test/x' },
    newId: () => idOf(ids++),
    now: () => nowMs,
    logger,
    network: {
      wait: async () => {},
      fetchFor: () => async (_url, init) => {
        told.push((JSON.parse(String(init.body)) as { alerts: (typeof told)[number] }).alerts)
        return { status: 200, ok: true, headers: { get: () => null }, body: null }
      },
    },
  })
  const look = (minute: Minute = {}, atMs = START_MS) => {
    next = minute
    nowMs = atMs
    return watch.look()
  }
  return { look, told, kept, logger, close: watch.close }
}

const DOWN: Minute = { state: { routesDown: ['code'], breakersOpen: ['small'] } }

it('keeps, logs and tells what began and what ended, each once and together', async () => {
  const { look, told, kept, logger } = createRig()
  await look()
  for (const minute of [DOWN, DOWN, {}, {}, {}]) await look(minute)
  expect(told.map((alerts) => alerts.map(({ kind, state }) => `${kind} ${state}`))).toEqual([
    ['breaker_open firing', 'targets_down firing'],
    ['breaker_open resolved', 'targets_down resolved'],
  ])
  expect(kept).toHaveLength(4)
  expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'error', 'info', 'info'])
})

it('wakes nobody in quiet hours for what can wait', async () => {
  const night = Date.parse('2026-03-01T23:00:00Z')
  const morning = Date.parse('2026-03-02T07:00:00Z')
  const { look, told, kept } = createRig({ quiet_hours: { from: '22:00', to: '07:00' } })
  await look({}, night)
  await look(DOWN, night)
  expect(told).toMatchObject([[{ kind: 'targets_down' }]])
  expect(kept).toHaveLength(2)
  await look(DOWN, morning)
  expect(told[1]).toMatchObject([{ kind: 'breaker_open', state: 'firing' }])
})

it('goes on after a restart with what fired before it', async () => {
  const { look, kept } = createRig()
  await look()
  await look(DOWN)
  const again = createRig({}, kept)
  await again.look()
  await again.look(DOWN)
  expect(again.told).toEqual([])
  await again.look()
  await again.look()
  expect(again.told[0]).toMatchObject([{ state: 'resolved' }, { state: 'resolved' }])
})

it('looks at nothing where alerts are not enabled', async () => {
  const { look, told } = createRig({ enabled: false })
  await look()
  await look(DOWN)
  expect(told).toEqual([])
})
