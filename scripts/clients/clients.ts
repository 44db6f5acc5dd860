// `npm run clients`: coding agents from npm complete a task that needs a tool, through this router, in front of a model on
// loopback. They are installed into a folder of their own; npm's registry is all that is reached beyond this machine.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Option } from 'commander'
import { stringify } from 'yaml'
import { runBench } from '../bench/harness.ts'
import { startBuiltServer } from '../rig/built-server.ts'
import { startFakeModel } from '../rig/fake-model.ts'
import { writeExemplars } from '../rig/training-files.ts'
import { note } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import { CLIENTS } from './client-list.ts'
import { type Outcome, runClient } from './run-client.ts'

interface Options {
  only?: string
}

/** Which route is taken does not matter here. */
const EXEMPLARS = ['Write a file', 'Run a command', 'Fix this test', 'Read the log', 'Say hello']

const startRouter = async (folder: string, modelUrl: string) => {
  const training = await writeExemplars(join(folder, 'training-data'), { general: EXEMPLARS })
  const config = {
    providers: { fake: { kind: 'openai', base_url: modelUrl } },
    models: { agent: { provider: 'fake', name: 'agent-model', context_window: 400_000 } },
    routes: { general: { models: ['agent'] } },
    default_route: 'general',
    training_data: training,
  }
  await writeFile(join(folder, 'signalbox.yaml'), stringify(config))
  return startBuiltServer(folder)
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
