// signalbox stats: traffic, routes, models, times, failures, spend and breakers, live on a terminal. Reads only.
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { RouterError } from '../../src/errors.ts'
import { readServerState } from '../report/stats/server-state.ts'
import { readStats, type StatsFacts, WINDOWS, type Window } from '../report/stats/stats-facts.ts'
import { type Sort, statsScreen } from '../report/stats/stats-screen.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { openLiveScreen } from '../terminal/live-screen.ts'
import { printJson, printStyled } from '../terminal/output.ts'
import { untilInterrupted } from '../terminal/until-interrupted.ts'

interface Options {
  window: Window
  sort: Sort
  once?: boolean
  json?: boolean
}

const EVERY_MS = 1_000
const WINDOW_NAMES = Object.keys(WINDOWS) as Window[]
const SORT_NAMES: Sort[] = ['requests', 'failed', 'time', 'spend', 'name']

/** @throws RouterError where there is nothing to read */
const openFacts = async (context: ScriptContext) => {
  const { config, paths } = context
  if (!existsSync(paths.database)) {
    throw new RouterError(
      'invalid_request',
      `There is no database in ${paths.data} yet: start a server (signalbox serve), or name the folder with --data.`,
    )
  }
  const store = await context.store()
  const adminKey = process.env.SIGNALBOX_ADMIN_KEY
  return async (window: Window): Promise<StatsFacts> => {
    const server = await readServerState({ server: config.server, adminKey })
    return readStats(store, { window, atMs: Date.now(), server })
  }
}

const printOnce = (facts: StatsFacts, { sort, json }: Options): void => {
  const { columns = 80 } = process.stdout
  if (json) printJson({ ...facts, at: new Date(facts.atMs).toISOString() })
  else printStyled(statsScreen(facts, { columns, rows: null, sort, hasKeys: false }))
}

const nextWindow = (window: Window): Window =>
  WINDOW_NAMES[(WINDOW_NAMES.indexOf(window) + 1) % WINDOW_NAMES.length] ?? window

/** Until `q` or Ctrl-C, which a terminal in raw mode gives as a character. */
const watch = (read: (window: Window) => Promise<StatsFacts>, options: Options): Promise<void> =>
  untilInterrupted(async (signal) => {
    const shown = { ...options }
    let facts = await read(shown.window)
    const quit = new AbortController()
    const screen = openLiveScreen({
      input: process.stdin,
      output: process.stdout,
      draw: ({ columns, rows }) => {
        return statsScreen(facts, { columns, rows, sort: shown.sort, hasKeys: true })
      },
      onKey: (key) => {
        if (key === 'q' || key === '\u0003') quit.abort()
        if (key === 'w') shown.window = nextWindow(shown.window)
        shown.sort = SORT_NAMES.find((name) => name[0] === key) ?? shown.sort
      },
    })
    try {
      for (const ended = AbortSignal.any([signal, quit.signal]); ; ) {
        screen.draw()
        await sleep(EVERY_MS, undefined, { signal: ended })
        facts = await read(shown.window)
      }
    } finally {
      screen.close()
    }
  })

const run = (options: Options): Promise<void> =>
  withContext(async (context) => {
    const read = await openFacts(context)
    const isLive = process.stdout.isTTY && process.stdin.isTTY && !options.once && !options.json
    if (isLive) await watch(read, options)
    else printOnce(await read(options.window), options)
  })

const HELP = `
Figures are the sums of the database, those of a request once its answer has ended; breakers and what is going on are
asked of the running server. On a terminal it goes on each second: r, f, t, s and n sort, w takes another window, q quits.
Elsewhere it prints once.

Examples:
  signalbox stats
  signalbox stats --window 24h --sort spend
  signalbox stats --json | jq '.routes[] | {name, p95Ms}'
  SIGNALBOX_ADMIN_KEY=… signalbox stats`

export const registerStats = (program: Command): void => {
  program
    .command('stats')
    .description('Traffic, routes, models, times, failures, spend and breakers, live.')
    .addOption(new Option('--window <time>', 'of the last').choices(WINDOW_NAMES).default('1h'))
    .addOption(new Option('--sort <by>', 'order of rows').choices(SORT_NAMES).default('requests'))
    .option('--once', 'print once, on a terminal too')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', HELP)
    .action(run)
}
