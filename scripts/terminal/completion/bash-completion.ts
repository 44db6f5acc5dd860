// The completion of bash: a function that walks the words before the cursor and offers what may follow.
import { type CompletedCommand, quoted, walkKeys } from './completion-table.ts'

const offered = ({ at, commands, options }: CompletedCommand): string => {
  const words = [...commands.map(({ name }) => name), ...options.flatMap(({ names }) => names)]
  return `    ${quoted(at)}) offered=${quoted(words.join(' '))} ;;`
}

/** Where nothing of it fits, bash offers files. */
export const bashCompletion = (table: readonly CompletedCommand[]): string[] => {
  const { commands, valued } = walkKeys(table)
  return [
    '# Completion of signalbox for bash: source <(signalbox completion bash)',
    '_signalbox() {',
    "  local at='' offered='' key i",
    '  COMPREPLY=()',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is of bash
    '    key="${at:+$at }${COMP_WORDS[i]}"',
    '    case "$key" in',
    `      ${commands.map(quoted).join('|')}) at=$key ;;`,
    `      ${valued.map(quoted).join('|')}) i=$((i + 1)); [ "$i" -lt "$COMP_CWORD" ] || return 0 ;;`,
    '    esac',
    '  done',
    '  case "$at" in',
    ...table.map(offered),
    '  esac',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is of bash
    '  COMPREPLY=($(compgen -W "$offered" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _signalbox signalbox',
  ]
}
