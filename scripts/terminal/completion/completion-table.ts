// What may stand where on the command line, read off the commands themselves: what the completions of all shells are made of.
import type { Command, Option } from 'commander'

export interface CompletedOption {
  /** `--json`, and `-V` where it has a short name. */
  names: string[]
  /** Whether the next word is its value. */
  takesValue: boolean
  description: string
}

export interface CompletedCommand {
  /** Words that lead to it: `keys create`; '' for the program. */
  at: string
  commands: { name: string; description: string }[]
  /** Its own, those that every command takes, and --help. */
  options: CompletedOption[]
}

const HELP: CompletedOption = {
  names: ['--help', '-h'],
  takesValue: false,
  description: 'show help',
}

const completedOption = (option: Option): CompletedOption => ({
  names: [option.long, option.short].filter((name) => name !== undefined && name !== null),
  takesValue: option.required || option.optional,
  description: option.description,
})

const optionsOf = (command: Command): CompletedOption[] =>
  command.options.filter(({ hidden }) => !hidden).map(completedOption)

const completed = (command: Command, words: string[], shared: CompletedOption[]) => {
  const { commands } = command
  const found: CompletedCommand[] = [
    {
      at: words.join(' '),
      commands: commands.map((child) => ({
        name: child.name(),
        description: child.description(),
      })),
      options: [...(words.length > 0 ? optionsOf(command) : []), ...shared, HELP],
    },
  ]
  for (const child of commands) found.push(...completed(child, [...words, child.name()], shared))
  return found
}

/** The program, and every command of it. */
export const completionTable = (program: Command): CompletedCommand[] =>
  completed(program, [], optionsOf(program))

/** Keys of the walk over the words that stand before the cursor: what goes into a command, and what is followed by a value. */
export const walkKeys = (table: readonly CompletedCommand[]) => {
  const under = (at: string, word: string): string => (at === '' ? word : `${at} ${word}`)
  return {
    commands: table.filter(({ at }) => at !== '').map(({ at }) => at),
    valued: table.flatMap(({ at, options }) =>
      options
        .filter(({ takesValue }) => takesValue)
        .flatMap(({ names }) => names.map((name) => under(at, name))),
    ),
  }
}

/** As one word of a shell in which only a single quote ends it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
