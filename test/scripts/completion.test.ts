// `signalbox completion`: every command and option is offered where it may stand, asked of the shells that are installed.
import { execFileSync, spawnSync } from 'node:child_process'
import type { Command } from 'commander'
import { beforeAll, expect, it, vi } from 'vitest'
import { createProgram, runProgram } from '../../scripts/program.ts'

/** Where one may stand, and the words that may follow, read off commander and not off the table under test. */
const places = (
  command: Command,
  globals: string[],
  words: string[] = [],
): [string, string[]][] => {
  const own = words.length === 0 ? [] : command.options.flatMap(({ long, short }) => [long, short])
  const follow = [...command.commands.map((child) => child.name()), ...own, ...globals]
  return [
    [words.join(' '), follow.filter((word) => typeof word === 'string')],
    ...command.commands.flatMap((child) => places(child, globals, [...words, child.name()])),
  ]
}

let expected: [string, string[]][]

beforeAll(async () => {
  const program = await createProgram()
  const globals = ['--config', '--data', '--version', '-V', '--help', '-h']
  expected = places(program, globals)
})

const scriptOf = async (...args: string[]): Promise<string> => {
  const written: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    return written.push(String(chunk)) > 0
  })
  try {
    await runProgram(['completion', ...args])
  } finally {
    spy.mockRestore()
  }
  return written.join('')
}

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

const checkedBy = (shell: string) => (isInstalled(shell) ? it : it.skip)

/** What bash offers after each list of words. */
const askBash = async (lines: string[][]): Promise<string[][]> => {
  const asked = lines.map((words) => {
    const list = words.map((word) => `'${word}'`).join(' ')
    return `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _signalbox; echo "\${COMPREPLY[*]}"`
  })
  const input = [await scriptOf('bash'), ...asked].join('\n')
  const written = execFileSync('bash', ['--norc'], { input, encoding: 'utf8' })
  return written
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').filter((word) => word !== ''))
}

checkedBy('bash')('bash offers every command and option where it may stand', async () => {
  const asked = expected.map(([at]) => ['signalbox', ...at.split(' ').filter(Boolean), ''])
  const answers = await askBash(asked)
  expect(expected.length).toBeGreaterThan(50)
  for (const [i, [at, follow]] of expected.entries()) {
    expect([...(answers[i] ?? [])].sort(), `after "${at}"`).toEqual([...follow].sort())
  }
})

checkedBy('bash')(
  'bash takes no value of an option for a command, and offers files for it',
  async () => {
    const [begun, behind, value] = await askBash([
      ['signalbox', 'keys', 'cr'],
      ['signalbox', '--config', 'doctor', 'keys', 'cr'],
      ['signalbox', '--config', ''],
    ])
    expect(begun).toEqual(['create'])
    expect(behind).toEqual(['create'])
    expect(value ?? []).toEqual([])
  },
)

it.each(['zsh', 'fish'])('the script for %s names every command and option', async (shell) => {
  const script = await scriptOf(shell)
  for (const [at, follow] of expected) {
    if (at !== '') expect(script).toContain(`'${at}'`)
    for (const word of follow) {
      const flag = word.startsWith('--') ? `-l ${word.slice(2)} ` : `-s ${word.slice(1)} `
      const inFish = word.startsWith('-') ? flag : `-a '${word}'`
      expect(script, `${at} ${word}`).toContain(shell === 'zsh' ? `'${word}:` : inFish)
    }
  }
})

// A shell that is not installed is skipped, and named as such in the report.
for (const shell of ['bash', 'zsh', 'fish']) {
  checkedBy(shell)(`${shell} finds no fault in the syntax of its script`, async () => {
    const input = await scriptOf(shell)
    const { status, stderr } = spawnSync(shell, ['-n'], { input, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
}

it('refuses another shell, and names those that there are', async () => {
  const written: string[] = []
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    return written.push(String(chunk)) > 0
  })
  await runProgram(['completion', 'tcsh'])
  spy.mockRestore()
  expect(process.exitCode).toBe(2)
  process.exitCode = undefined
  expect(written.join('')).toContain('Allowed choices are bash, zsh, fish.')
})

it('shows the help on stderr, as wrong usage, where no command is given', async () => {
  const written: string[] = []
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    return written.push(String(chunk)) > 0
  })
  await runProgram([])
  spy.mockRestore()
  expect(process.exitCode).toBe(2)
  process.exitCode = undefined
  for (const [, follow] of expected.slice(0, 1)) {
    for (const word of follow) expect(written.join('')).toContain(word)
  }
})
