// What is wrong with the training data, each finding with the buttons that settle it. No route's name begins with a dash, which
// keeps the address apart from theirs.
import { z } from 'zod'
import type { Finding, LineEdit, Severity } from '../../../training/reports/lint-report.ts'
import type { LintState } from '../../../training/reports/lint-runs.ts'
import { defineAction, defineFragment, definePage } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { count } from '../../view/figures.ts'
import { ActionButton } from '../../view/forms.tsx'
import { Badge, Card, Empty, Notice, type Tone } from '../../view/parts.tsx'
import { NextPage, Table } from '../../view/table.tsx'
import { Ago } from '../../view/time.tsx'
import { routePath } from './route-path.ts'

const PAGE_ROWS = 25

const TONES: Record<Severity, Tone> = { error: 'bad', warning: 'warn', note: 'quiet' }

const wordsOf = ({ action, route, line, to }: LineEdit): string =>
  action === 'move' ? `Move ${route}:${line} to ${to}` : `Remove ${route}:${line}`

const Fix = ({ finding }: { finding: Finding }) => (
  <div class="stack fix">
    <span class="wraps">{finding.fix}</span>
    <div class="row">
      {finding.rule === 'thin-route' && finding.route !== null ? (
        <a class="button" href={address(routePath(finding.route))}>
          Add to {finding.route}
        </a>
      ) : null}
      {(finding.edits ?? []).map((edit) => (
        <ActionButton
          action="/routes/-/check/fix"
          target="#check"
          values={{
            action: edit.action,
            route: edit.route,
            id: edit.id,
            line: String(edit.line),
            ...(edit.to !== undefined && { to: edit.to }),
          }}
        >
          {wordsOf(edit)}
        </ActionButton>
      ))}
    </div>
  </div>
)

const Findings = ({ findings, from }: { findings: readonly Finding[]; from: number }) => (
  <>
    <Table
      caption="Findings"
      rows={findings.slice(from, from + PAGE_ROWS)}
      empty="Nothing is wrong with the training data."
      columns={[
        {
          title: 'severity',
          cell: ({ severity }) => <Badge tone={TONES[severity]}>{severity}</Badge>,
        },
        {
          title: 'what',
          isWide: true,
          cell: ({ message, where }) => (
            <>
              <bdi class="wraps">{message}</bdi>
              <div class="note clip mono">{where.slice(0, 3).join(', ')}</div>
            </>
          ),
        },
        { title: 'what to do', cell: (finding) => <Fix finding={finding} /> },
      ]}
    />
    <NextPage
      label="More"
      href={
        from + PAGE_ROWS < findings.length
          ? address('/routes/-/check', { from: from + PAGE_ROWS })
          : null
      }
    />
  </>
)

const Running = () => (
  <div
    id="check"
    hx-get={address('/routes/-/check/state')}
    hx-trigger="every 1s"
    hx-swap="outerHTML"
  >
    <Card title="Checking the training data">
      <p class="muted">
        That takes some seconds. <a href={address('/routes/-/check')}>Look again</a>
      </p>
    </Card>
  </div>
)

const Begin = ({ words }: { words: string }) => (
  <ActionButton action="/routes/-/check/run" target="#check" tone="main">
    {words}
  </ActionButton>
)

const Check = ({ state, from }: { state: LintState; from: number }) => {
  const { isRunning, last, problem } = state
  if (isRunning) return <Running />
  return (
    <div id="check">
      {problem === null ? null : <Notice tone="bad">{problem}</Notice>}
      {last === null ? (
        <Card title="Not checked yet" aside={<Begin words="Check" />}>
          <Empty>
            Duplicates, contradictions, likely wrong labels, thin and blurred routes, and prompts
            that fit none of them are looked for.
          </Empty>
        </Card>
      ) : (
        <Card
          title={`${count(last.report.errors)} errors, ${count(last.report.warnings)} warnings, ${count(last.report.notes)} notes`}
          aside={
            <span class="row">
              <span class="muted">
                checked <Ago ms={last.atMs} />
              </span>
              <Begin words="Check again" />
            </span>
          }
        >
          <Findings findings={last.report.findings} from={from} />
        </Card>
      )}
    </div>
  )
}

const query = z.object({ from: z.coerce.number().int().min(0).max(100_000).catch(0) })

const page = definePage({
  path: '/routes/-/check',
  title: 'Check of the training data',
  query,
  view: ({ deps }, { query: { from } }) => <Check state={deps.lint.state()} from={from} />,
})

const state = defineFragment({
  path: '/routes/-/check/state',
  query,
  view: ({ deps }, { query: { from } }) => <Check state={deps.lint.state()} from={from} />,
})

const run = defineAction({
  path: '/routes/-/check/run',
  form: z.object({}),
  run: async ({ deps }) => {
    deps.lint.start()
    return { to: '/routes/-/check', fragment: <Running /> }
  },
})

const fixForm = z.object({
  action: z.enum(['remove', 'move']),
  route: z.string(),
  id: z.string(),
  line: z.coerce.number().int().positive(),
  to: z.string().optional(),
})

/** Lines have moved afterwards, so that the data is checked anew. */
const fix = defineAction({
  path: '/routes/-/check/fix',
  form: fixForm,
  run: async ({ deps }, { form: { action, to, ...line } }) => {
    if (action === 'move') await deps.edits.move(line, to ?? '')
    else await deps.edits.remove(line)
    deps.lint.start()
    const notice = action === 'move' ? `It goes to ${to}.` : 'The line is removed.'
    return {
      to: '/routes/-/check',
      fragment: <Running />,
      notice: `${notice} It counts from the next build on.`,
    }
  },
})

export const checkParts = [page, state, run, fix]
