// signalbox alerts list|test|history: what fires, whether the targets can be reached, and past alerts.
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { stillFiring } from '../../src/alerts/alert-watch.ts'
import { notify } from '../../src/alerts/notify.ts'
import type { Config } from '../../src/config/config-schema.ts'
import { ALERT_KINDS, type AlertRecord } from '../../src/core/alerting/alert.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { toCount } from '../terminal/option-values.ts'
import { printResult, printStyled } from '../terminal/output.ts'
import type { Span } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'

interface Options {
  json?: boolean
}

const READ_EVENTS = 1_000

/** None where there is no database yet. */
const readEvents = async (context: ScriptContext, limit: number): Promise<AlertRecord[]> =>
  existsSync(context.paths.database) ? (await context.store()).listAlertEvents(limit) : []

const iso = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19)

const nameOf = ({ kind, subject }: AlertRecord): string => (subject ? `${kind} ${subject}` : kind)

const firingLine = (alert: AlertRecord): Span[] => [
  { text: alert.severity.padEnd(9), style: alert.severity === 'critical' ? 'red' : 'yellow' },
  `${nameOf(alert)}, since ${iso(alert.sinceMs)}: ${alert.summary}`,
]

const rulesLine = ({ rules, enabled, interval_seconds }: Config['alerts']): string => {
  if (!enabled) return 'alerts.enabled is false: nothing is looked at.'
  const off = ALERT_KINDS.filter((kind) => rules[kind].off)
  const which = off.length > 0 ? ` Off: ${off.join(', ')}.` : ''
  return `${ALERT_KINDS.length - off.length} of ${ALERT_KINDS.length} rules are looked at every ${interval_seconds} s.${which}`
}

const list = (options: Options): Promise<void> =>
  withContext(async (context) => {
    const { alerts } = context.config
    const firing = stillFiring(await readEvents(context, READ_EVENTS))
    const targets = Object.entries(alerts.targets).map(([name, { kind }]) => `${name} (${kind})`)
    if (options.json) {
      printResult(
        options,
        { firing, rules: alerts.rules, targets: Object.keys(alerts.targets) },
        () => [],
      )
      return
    }
    printStyled([
      ...(firing.length === 0 ? [[{ text: 'Nothing fires.', style: 'green' as const }]] : []),
      ...firing.map(firingLine),
      [rulesLine(alerts)],
      [`Targets: ${targets.join(', ') || 'the log and the history only'}.`],
    ])
  })

const history = (options: Options & { limit: number }): Promise<void> =>
  withContext(async (context) => {
    const events = await readEvents(context, options.limit)
    printResult(options, { events }, () =>
      events.length === 0
        ? ['There was no alert yet.']
        : table(
            events.map((event) => [
              iso(event.atMs),
              event.state,
              event.severity,
              nameOf(event),
              event.summary,
            ]),
          ),
    )
  })

const test = (options: Options): Promise<void> =>
  withContext(async ({ config }) => {
    const atMs = Date.now()
    const delivery = await notify({
      targets: config.alerts.targets,
      env: process.env,
      atMs,
      changes: (['firing', 'resolved'] as const).map((state) => ({
        kind: 'error_rate',
        subject: 'test',
        severity: 'critical',
        state,
        summary: 'This is a test of signalbox alerts; nothing is wrong.',
        atMs,
        sinceMs: atMs,
      })),
    })
    const lines = Object.entries(delivery).map(([name, sent]) =>
      sent.ok ? `${name}: sent.` : `${name}: not sent (${sent.reason}).`,
    )
    if (Object.values(delivery).some(({ ok }) => !ok)) process.exitCode = 1
    printResult(options, { delivery }, () =>
      lines.length > 0 ? lines : ['There are no targets: alerts.targets is empty.'],
    )
  })

const JSON_OPTION = ['--json', 'one JSON object on stdout'] as const

const EXAMPLES = `
Examples:
  signalbox alerts
  signalbox alerts test
  signalbox alerts history --limit 20`

export const registerAlerts = (program: Command): void => {
  const alerts = program
    .command('alerts')
    .description(
      'Alerts for operators: what fires, whether the targets can be reached, and past alerts.',
    )
    .addHelpText('after', EXAMPLES)
  alerts
    .command('list', { isDefault: true })
    .description('What fires now, the rules that are evaluated, and the targets of alerts.')
    .option(...JSON_OPTION)
    .action(list)
  alerts
    .command('test')
    .description(
      'Tell everybody of an alert that begins and ends; exit 1 where one is not reached.',
    )
    .option(...JSON_OPTION)
    .action(test)
  alerts
    .command('history')
    .description('What began and what ended, the newest first.')
    .option('--limit <number>', 'events', toCount, 50)
    .option(...JSON_OPTION)
    .action(history)
}
