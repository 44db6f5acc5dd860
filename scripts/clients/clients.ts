// `npm run clients`: coding agents from npm complete a task that needs a tool, through this router, in front of a model on
// loopback. They are installed into a folder of their own; npm's registry is all that is reached beyond this machine.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Option } from 'commander'
import { stringify } from 'yaml'
import { projectRoot } from '../../src/config/project-root.ts'
import { runBench } from '../bench/harness.ts'
import { startSpawned } from '../bench/spawned.ts'
import { startFakeModel } from '../rig/fake-model.ts'
import { note } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import { CLIENTS } from './client-list.ts'
import { type Outcome, runClient } from './run-client.ts'

interface Options {
  only?: string
}

/** Which route is taken does not matter here. */
const EXEMPLARS = ['Write a file', 'Run a command', 'Fix this test', 'Read the log', 'Say hello']
const exemplarLine = (text: string): string => `${JSON.stringify({ text, route: 'general' })}\n`

/** The first start embeds the training data. */
const READY_TIMEOUT_MS = 300_000

const startRouter = async (folder: string, modelUrl: string) => {
  const training = join(folder, 'training-data')
  await mkdir(training, { recursive: true })
  await writeFile(join(training, 'general.jsonl'), EXEMPLARS.map(exemplarLine).join(''))
  const config = {
    providers: { fake: { kind: 'openai', base_url: modelUrl } },
    models: { agent: { provider: 'fake', name: 'agent-model', context_window: 400_000 } },
    routes: { general: { models: ['agent'] } },
    default_route: 'general',
    training_data: training,
  }
  const file = join(folder, 'signalbox.yaml')
  await writeFile(file, stringify(config))
  return startSpawned({
    args: () => [join(projectRoot(), 'dist/src/main.js')],
    cwd: folder,
    env: { SIGNALBOX_DATA: join(folder, 'data'), SIGNALBOX_CONFIG: file },
    readyPath: '/readyz',
    readyTimeoutMs: READY_TIMEOUT_MS,
  })
}

const runAll = async ({ only }: Options, folder: string): Promise<{ outcomes: Outcome[] }> => {
  let command = 'true'
  const model = await startFakeModel(() => command)
  const router = await startRouter(join(folder, 'router'), model.url)
  const outcomes: Outcome[] = []
  try {
    for (const client of CLIENTS.filter(({ name }) => !only || name === only)) {
      note(`${client.name}: ${client.packages.join(', ')}`)
      const setCommand = (next: string): void => {
        command = next
      }
      const options = { folder, routerUrl: router.url, model, setCommand }
      const outcome = await runClient(client, options)
      note(`${client.name}: ${outcome.isDone ? 'done' : 'FAILED'}, ${outcome.detail}`)
      outcomes.push(outcome)
    }
    return { outcomes }
  } finally {
    await router.stop()
    await model.close()
  }
}

await runBench<Options, { outcomes: Outcome[] }>({
  name: 'clients',
  description: 'Coding agents from npm complete a task through the router.',
  options: [new Option('--only <name>', 'one client').choices(CLIENTS.map(({ name }) => name))],
  run: runAll,
  describe: ({ outcomes }) =>
    table([
      ['client', 'package', 'dialect', 'task', 'seconds', ''],
      ...outcomes.map(({ name, package: pack, dialect, isDone, seconds, detail }) => [
        ...[name, pack, dialect, isDone ? 'done' : 'FAILED', String(seconds), detail],
      ]),
    ]),
  isMet: ({ outcomes }) => outcomes.every(({ isDone }) => isDone),
  isTimed: false,
})
