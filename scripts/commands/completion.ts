// signalbox completion bash|zsh|fish: a script that lets a shell complete commands and options, made from the commands.
import { Argument, type Command } from 'commander'
import { bashCompletion } from '../terminal/completion/bash-completion.ts'
import { type CompletedCommand, completionTable } from '../terminal/completion/completion-table.ts'
import { fishCompletion } from '../terminal/completion/fish-completion.ts'
import { zshCompletion } from '../terminal/completion/zsh-completion.ts'
import { printLines } from '../terminal/output.ts'

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } satisfies Record<
  string,
  (table: readonly CompletedCommand[]) => string[]
>

type Shell = keyof typeof SHELLS

const HELP = `
Examples:
  echo 'source <(signalbox completion bash)' >> ~/.bashrc
  echo 'source <(signalbox completion zsh)' >> ~/.zshrc
  signalbox completion fish > ~/.config/fish/completions/signalbox.fish`

/** @param whole gives the program with all commands, of which only the one that runs is loaded otherwise */
export const registerCompletion = (program: Command, whole: () => Promise<Command>): void => {
  program
    .command('completion')
    .description('A script that lets a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', HELP)
    .action(async (shell: Shell) => {
      printLines(SHELLS[shell](completionTable(await whole())))
    })
}
