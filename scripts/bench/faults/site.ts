// The server under test: the built one, as a process, in a folder of its own, with a route for each case whose models are
// faults of the wall. Routes are pinned, so what the encoder would say does not matter.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { projectRoot } from '../../../src/config/project-root.ts'
import { startSignalbox } from '../spawned.ts'
import type { Profile } from './profile.ts'
import { namesOf, type TargetSpec } from './scenario.ts'
import { scenarios } from './scenarios.ts'

export type Mode = 'buffered' | 'live'

export interface Site {
  start(mode: Mode): Promise<{ url: string; stop(): Promise<void> }>
  remove(): Promise<void>
}

export const CONTROL_ROUTE = 'control'

const modelOf = (name: string, { contextWindow, usdPerMillion }: TargetSpec) => ({
  provider: 'wall',
  name,
  context_window: contextWindow ?? null,
  input_usd_per_million: usdPerMillion?.input ?? null,
  output_usd_per_million: usdPerMillion?.output ?? null,
})

/** All cases in both forms: every one has its own models, so that no breaker of one is open for another. */
const configOf = (wallUrl: string, { settings }: Profile, mode: Mode) => {
  const control = `ok@${CONTROL_ROUTE}`
  const models: Record<string, object> = { [control]: modelOf(control, { fault: 'ok' }) }
  const routes: Record<string, object> = { [CONTROL_ROUTE]: { models: [control] } }
  for (const scenario of scenarios) {
    for (const spec of scenario.cases) {
      for (const form of spec.forms) {
        const names = namesOf(scenario, spec, form)
        routes[names.route] = { models: names.models }
        for (const [i, target] of spec.targets.entries()) {
          const name = names.models[i] as string
          models[name] = modelOf(name, target)
        }
      }
    }
  }
  return {
    server: { port: 0 },
    providers: { wall: { kind: 'openai', base_url: wallUrl } },
    models,
    routes,
    default_route: CONTROL_ROUTE,
    resilience: { ...settings, stream: mode },
    training: { copies_per_route: 0 },
    telemetry: { log_level: 'error' },
  }
}

/** What a build needs to have something to tell apart; no request of the bench is classified. */
const EXEMPLARS: Record<string, string[]> = {
  [CONTROL_ROUTE]: ['say hello', 'tell me a joke', 'good morning to you', 'how are you today'],
  none: ['turn the lights off', 'set a timer', 'call my mother', 'play the next song'],
}

export const createSite = async (wallUrl: string, profile: Profile): Promise<Site> => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-faults-'))
  const training = join(folder, 'training-data')
  await mkdir(training)
  for (const [route, texts] of Object.entries(EXEMPLARS)) {
    const lines = texts.map((text) => `${JSON.stringify({ text, route })}\n`)
    await writeFile(join(training, `${route}.jsonl`), lines.join(''))
  }
  return {
    start: async (mode) => {
      await writeFile(
        join(folder, 'signalbox.yaml'),
        stringify(configOf(wallUrl, profile, mode), { aliasDuplicateObjects: false }),
      )
      return startSignalbox(folder, { dist: join(projectRoot(), 'dist') })
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
