// What a server gives when it is scraped, as Prometheus' own tool judges it.
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { startReloading } from '../support/reloading-service.ts'

it('is clean by promtool after a request that was served', async ({ skip }) => {
  const isInstalled = spawnSync('promtool', ['--version']).status === 0
  skip(!isInstalled, 'promtool is not installed, so that nobody asks it about the metrics')
  const { request } = await startReloading()
  const response = await request('POST', '/v1/chat/completions', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'small', messages: [{ role: 'user', content: 'code' }] }),
  })
  expect(response.status).toBe(200)
  await response.text()
  const input = await (await request('GET', '/metrics')).text()
  for (const metric of [
    'model_choices_total',
    'good_answers_total',
    'alerts_firing',
    'build_info',
  ]) {
    expect(input).toContain(`signalbox_${metric}{`)
  }
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input,
    encoding: 'utf8',
  })
  expect(`${stdout}${stderr}`).toBe('')
  expect(status).toBe(0)
})
