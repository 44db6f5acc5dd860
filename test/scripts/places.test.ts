// `--config` and `--data` stand before or after any command and its arguments, and win over the environment.
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProgram } from '../../scripts/program.ts'

const program = await createProgram()

const leavesOf = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf)

const namesOf = (command: Command): string[] =>
  command.parent ? [...namesOf(command.parent), command.name()] : []

/** Something for everything that it cannot do without; what it would do is left out. */
const disarmed = (command: Command): string[] => {
  command.action(() => {})
  const needed = command.options.filter(({ mandatory }) => mandatory)
  for (const given of [...command.registeredArguments, ...needed])
    Object.assign(given, { parseArg: undefined })
  return [
    ...command.registeredArguments.filter(({ required }) => required).map(() => 'something'),
    ...needed.flatMap(({ long, required }) =>
      required ? [String(long), 'something'] : [String(long)],
    ),
  ]
}

const commands = leavesOf(program).map((command) => ({
  name: namesOf(command).join(' '),
  words: namesOf(command),
  rest: disarmed(command),
}))

beforeEach(() => {
  vi.stubEnv('SIGNALBOX_CONFIG', 'of the environment')
  vi.stubEnv('SIGNALBOX_DATA', 'of the environment')
})

afterAll(() => {
  vi.unstubAllEnvs()
})

const placesAfter = async (args: string[]) => {
  await program.parseAsync(args, { from: 'user' })
  return [process.env.SIGNALBOX_CONFIG, process.env.SIGNALBOX_DATA]
}

it('looks at every command', () => {
  expect(commands.length).toBeGreaterThan(40)
})

describe.each(commands)('signalbox $name', ({ words, rest }) => {
  const place = ['--config', 'my.yaml', '--data', 'my-folder']

  it('takes --config and --data before its name, behind it, and behind all it is given', async () => {
    for (const args of [
      [...place, ...words, ...rest],
      [...words, ...place, ...rest],
      [...words, ...rest, ...place],
      [...words, ...rest, '--config=my.yaml', '--data=my-folder'],
    ]) {
      expect(await placesAfter(args)).toEqual(['my.yaml', 'my-folder'])
    }
  })

  it('leaves the environment alone without them', async () => {
    expect(await placesAfter([...words, ...rest])).toEqual([
      'of the environment',
      'of the environment',
    ])
  })
})

it('tells the version of the package by --version and -V', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  for (const flag of ['--version', '-V']) {
    const written: string[] = []
    const told = (await createProgram()).configureOutput({ writeOut: (text) => written.push(text) })
    await expect(told.parseAsync([flag], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 })
    expect(written).toEqual([`${version}\n`])
  }
})
