import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { configSchema } from '../../src/config/config-schema.ts'
import { dataPaths } from '../../src/config/data-paths.ts'
import { findStartProblems } from '../../src/quality/start-problems.ts'
import { failureText } from '../../src/service/failure-text.ts'
import {
  exampleConfig,
  exampleTraining,
  temporaryFolder,
  writeTraining,
} from '../support/training-folder.ts'

interface Changes {
  config?: object
  env?: Record<string, string>
  training?: Record<string, string | object[]>
  hasIndex?: boolean
  data?: string
}

/** What would keep a server from starting in a folder of its own, as people read it. */
const problemsOf = async (changes: Changes = {}): Promise<string[]> => {
  const cwd = await temporaryFolder()
  await writeTraining(join(cwd, 'training-data'), changes.training ?? exampleTraining())
  await writeTraining(cwd, { 'a-file': '' })
  const config = configSchema.parse({
    ...exampleConfig(),
    server: { port: 0 },
    ...changes.config,
  })
  const env = { SIGNALBOX_DATA: changes.data ?? 'data', ...changes.env }
  const paths = dataPaths(config, { env, cwd })
  const { hasIndex = false } = changes
  const problems = await findStartProblems({ config, paths, env, hasIndex })
  return problems.map((problem) => failureText(problem).replaceAll(cwd, '.'))
}

const provider = (one: object) => ({
  providers: { echo: { kind: 'echo' }, mine: { kind: 'openai', ...one } },
})

it('finds nothing where a server would start', async () => {
  expect(await problemsOf()).toEqual([])
})

it.each<[string, Changes, RegExp]>([
  [
    'a key that is not in the environment',
    { config: provider({ base_url: 'http://127.0.0.1:9/v1', api_key_env: 'NO_SUCH_KEY' }) },
    /^Provider mine needs the environment variable NO_SUCH_KEY, which is not set\.$/,
  ],
  [
    'an address that is not allowed',
    { config: provider({ base_url: 'http://169.254.169.254/v1' }) },
    /^providers\.mine\.base_url is the address of a cloud metadata service/,
  ],
  [
    'an address for everyone without an admin key',
    { config: { server: { host: '0.0.0.0', port: 0 } } },
    /^server\.host is 0\.0\.0\.0 and there is no admin key, .*signalbox keys create/,
  ],
  [
    'an encoder without its files',
    {
      config: { server: { host: '127.0.0.1', port: 0 }, encoder: { model: './no-such' } },
    },
    /^Encoder model file .*no-such.*config\.json is missing/,
  ],
  [
    'a bad line of training data',
    { training: { 'code.jsonl': '{oops\n' } },
    /^\.\/training-data\/code\.jsonl:1: is not valid JSON/,
  ],
  [
    'no exemplars at all',
    { training: { 'law.jsonl': [] } },
    /holds no exemplars of configured routes; add some with: signalbox add .* Left out of training, .*: law\./,
  ],
  [
    'a file in place of the data folder',
    { data: 'a-file/data' },
    /^\.\/a-file: a part of the path/,
  ],
])('finds %s, and says what would be right', async (_, changes, message) => {
  const problems = await problemsOf(changes)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(message)
})

it('finds a port that is in use', async () => {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(await problemsOf({ config: { server: { port } } })).toEqual([
    expect.stringContaining(`Port ${port} of 127.0.0.1 is in use`),
  ])
})

it('needs no exemplars where an index serves, and lists all problems at once', async () => {
  expect(await problemsOf({ training: {}, hasIndex: true })).toEqual([])
  const two = {
    ...provider({ base_url: 'http://127.0.0.1:9/v1', api_key_env: 'NO_SUCH_KEY' }),
    server: { host: '0.0.0.0', port: 0 },
  }
  expect(await problemsOf({ config: two, training: {} })).toHaveLength(3)
})
