// The completion of fish: one line for each command and option, offered where the words before the cursor lead to its place.
import { type CompletedCommand, type CompletedOption, walkKeys } from './completion-table.ts'

/** As one word of fish, which knows two escapes between single quotes. */
const quotedFish = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const nameFlag = (name: string): string =>
  name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`

const optionLine = (where: string, { names, takesValue, description }: CompletedOption): string =>
  [
    where,
    ...names.map(nameFlag),
    ...(takesValue ? ['-r'] : []),
    '-d',
    quotedFish(description),
  ].join(' ')

const lines = ({ at, commands, options }: CompletedCommand): string[] => {
  const where = `complete -c signalbox -n ${quotedFish(`__signalbox_at "${at}"`)}`
  return [
    ...commands.map(
      ({ name, description }) => `${where} -f -a ${quotedFish(name)} -d ${quotedFish(description)}`,
    ),
    ...options.map((option) => optionLine(where, option)),
  ]
}

export const fishCompletion = (table: readonly CompletedCommand[]): string[] => {
  const { commands, valued } = walkKeys(table)
  return [
    '# Completion of signalbox for fish: signalbox completion fish | source',
    'function __signalbox_at',
    "    set -l at ''",
    '    set -l isValue 0',
    '    set -l before (commandline -opc)',
    '    for word in $before[2..-1]',
    '        if test $isValue = 1',
    '            set isValue 0',
    '            continue',
    '        end',
    '        set -l key (string trim -- "$at $word")',
    '        switch $key',
    `            case ${commands.map(quotedFish).join(' ')}`,
    '                set at $key',
    `            case ${valued.map(quotedFish).join(' ')}`,
    '                set isValue 1',
    '        end',
    '    end',
    '    test "$at" = "$argv[1]"',
    'end',
    ...table.flatMap(lines),
  ]
}
