// The completion of zsh: a function that walks the words before the cursor and offers what may follow, described.
import { type CompletedCommand, quoted, walkKeys } from './completion-table.ts'

const described = (name: string, description: string): string =>
  quoted(`${name}:${description.replaceAll(/\s+/g, ' ')}`)

const offered = ({ at, commands, options }: CompletedCommand): string[] => [
  `    ${quoted(at)}) offered=(`,
  ...commands.map(({ name, description }) => `      ${described(name, description)}`),
  ...options.flatMap(({ names, description }) =>
    names.map((name) => `      ${described(name, description)}`),
  ),
  '    ) ;;',
]

/** Where nothing of it fits, and for the value of an option, files are offered. */
export const zshCompletion = (table: readonly CompletedCommand[]): string[] => {
  const { commands, valued } = walkKeys(table)
  return [
    '#compdef signalbox',
    '# Completion of signalbox for zsh: source <(signalbox completion zsh), after compinit',
    '_signalbox() {',
    "  local at='' key i",
    '  local -a offered',
    '  for ((i = 2; i < CURRENT; i++)); do',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is of zsh
    '    key="${at:+$at }${words[i]}"',
    '    case "$key" in',
    `      ${commands.map(quoted).join('|')}) at=$key ;;`,
    `      ${valued.map(quoted).join('|')}) i=$((i + 1)); if ((i >= CURRENT)); then _files; return; fi ;;`,
    '    esac',
    '  done',
    '  case "$at" in',
    ...table.flatMap(offered),
    '  esac',
    "  _describe 'signalbox' offered || _files",
    '}',
    'compdef _signalbox signalbox',
  ]
}
