// The server under test: the built one, as a process, in a folder of its own, with a route for each case whose models are
// faults of the faulty provider. Routes are pinned, so the encoder's result does not matter.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Serving, startBuiltServer } from '../../rig/built-server.ts'
import { writeExemplars } from '../../rig/training-files.ts'
import type { Profile } from './profile.ts'
import type { Mode } from './results.ts'
import { namesOf, scenarios, type TargetSpec } from './scenarios.ts'

export const CONTROL_ROUTE = 'control'

const modelOf = (name: string, { contextWindow, usdPerMillion }: TargetSpec) => ({
  provider: 'faulty',
  name,
  context_window: contextWindow ?? null,
  input_usd_per_million: usdPerMillion?.input ?? null,
  output_usd_per_million: usdPerMillion?.output ?? null,
})

/** All cases in both forms: every one has its own models, so that no breaker of one is open for another. */
const configOf = (providerUrl: string, { settings }: Profile, mode: Mode) => {
  const control = `ok@${CONTROL_ROUTE}`
  const models: Record<string, object> = { [control]: modelOf(control, { fault: 'ok' }) }
  const routes: Record<string, object> = { [CONTROL_ROUTE]: { models: [control] } }
  const cases = scenarios.flatMap((scenario) => scenario.cases.map((spec) => ({ scenario, spec })))
  for (const { scenario, spec } of cases) {
    for (const form of spec.forms) {
      const names = namesOf(scenario, spec, form)
      routes[names.route] = { models: names.models }
      names.models.forEach((name, i) => {
        models[name] = modelOf(name, spec.targets[i] as TargetSpec)
      })
    }
  }
  return {
    server: { port: 0 },
    providers: { faulty: { kind: 'openai', base_url: providerUrl } },
    models,
    routes,
    default_route: CONTROL_ROUTE,
    resilience: { ...settings, stream: mode },
    training: { copies_per_route: 0 },
  }
}

/** Two routes, because a build needs at least two; no request of the bench is classified. */
const EXEMPLARS: Record<string, string[]> = {
  [CONTROL_ROUTE]: ['say hello', 'tell me a joke', 'good morning to you', 'how are you today'],
  none: ['turn the lights off', 'set a timer', 'call my mother', 'play the next song'],
}

/** @param folder empty at the first start */
export const startServerUnderTest = async (
  folder: string,
  providerUrl: string,
  { profile, mode }: { profile: Profile; mode: Mode },
): Promise<Serving> => {
  await writeExemplars(join(folder, 'training-data'), EXEMPLARS)
  const config = stringify(configOf(providerUrl, profile, mode), { aliasDuplicateObjects: false })
  await writeFile(join(folder, 'signalbox.yaml'), config)
  return startBuiltServer(folder)
}
