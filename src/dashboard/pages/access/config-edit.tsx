// The configuration as text: edited, checked and planned, then applied; and earlier versions, held against the one that serves.
import { z } from 'zod'
import { RouterError } from '../../../errors.ts'
import type { Desk } from '../../request/desk.ts'
import { defineAction, definePage } from '../../request/part.ts'
import { address, segment } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { ActionForm } from '../../view/forms.tsx'
import { Card, Facts, Notice } from '../../view/parts.tsx'
import { When } from '../../view/time.tsx'
import { Plan } from './config-plan.tsx'

const textForm = z.object({
  yaml: z.string().max(262_144, 'a configuration has at most 262144 characters here'),
  version: z.string(),
  /** Ticked: a provider's key may be sent to another address than before. */
  origin: z.string().optional(),
})
type TextForm = z.infer<typeof textForm>

/** Line ends as forms send them → as files have them. */
const yamlOf = ({ yaml }: TextForm): string => yaml.replaceAll('\r\n', '\n')

interface WishFor {
  isDryRun: boolean
  version: string | null
  origin?: string | undefined
}

const wish = ({ principal }: Desk, { isDryRun, version, origin }: WishFor) => ({
  ifMatch: version,
  author: principal.id,
  isDryRun,
  isReplayed: isDryRun,
  confirmOrigin: origin !== undefined,
})

const Editor = ({ text, version }: { text: string; version: string }) => {
  const { mayAct } = useDesk()
  if (!mayAct) return <pre class="source">{text}</pre>
  return (
    <ActionForm action="/access/config/plan" target="#plan" class="stack">
      <input type="hidden" name="version" value={version} />
      <label class="field">
        <span>signalbox.yaml; secrets are named there, never written</span>
        <textarea name="yaml" class="mono source" rows={26} spellcheck={false} wrap="off">
          {text}
        </textarea>
      </label>
      <label>
        <input type="checkbox" name="origin" value="yes" /> A provider’s key may go to another
        address
      </label>
      <p>
        <button type="submit" class="main">
          Check and plan
        </button>{' '}
        <span class="note">changes nothing yet</span>
      </p>
    </ActionForm>
  )
}

const editPage = definePage({
  path: '/access/config',
  title: 'Edit the configuration',
  query: z.object({}),
  view: ({ deps }) => {
    const { wanted, serving } = deps.admin.config.state()
    return (
      <>
        <Card
          title={
            wanted.path ?? 'The embedded defaults, written to signalbox.yaml when they are changed'
          }
        >
          {wanted.version === serving.version ? null : (
            <Notice tone="warn">This is what the file asks for; {serving.version} serves.</Notice>
          )}
          <Editor text={wanted.source ?? wanted.text} version={wanted.version} />
        </Card>
        <div id="plan"></div>
      </>
    )
  },
})

/** Holds the text that was planned, so that this is what is applied. */
const Apply = ({ yaml, version, origin }: TextForm) => (
  <ActionForm action="/access/config" class="action" confirm="Apply this configuration now?">
    <input type="hidden" name="version" value={version} />
    {origin === undefined ? null : <input type="hidden" name="origin" value={origin} />}
    <textarea name="yaml" hidden aria-label="the configuration that was planned">
      {yaml}
    </textarea>
    <button type="submit" class="main">
      Apply
    </button>
  </ActionForm>
)

const planEdit = defineAction({
  path: '/access/config/plan',
  form: textForm,
  run: async (desk, { form }) => {
    const yaml = yamlOf(form)
    const { version, origin } = form
    const { plan } = await desk.deps.admin.config.put(
      { yaml },
      wish(desk, { isDryRun: true, version, origin }),
    )
    return {
      to: null,
      fragment: (
        <div id="plan">
          <Plan plan={plan}>
            {plan.changes.length === 0 ? null : <Apply {...form} yaml={yaml} />}
          </Plan>
        </div>
      ),
    }
  },
})

const applyEdit = defineAction({
  path: '/access/config',
  form: textForm,
  run: async (desk, { form }) => {
    const { version, origin } = form
    await desk.deps.admin.config.put(
      { yaml: yamlOf(form) },
      wish(desk, { isDryRun: false, version, origin }),
    )
    return { to: '/access' }
  },
})

const hashOf = (params: Readonly<Record<string, string>>): string => {
  if (params.hash !== undefined) return params.hash
  throw new RouterError('not_found', 'There is no such version.')
}

const RollBack = ({ hash }: { hash: string }) => (
  <ActionForm
    action={`/access/config/versions/${segment(hash)}/serve`}
    confirm="Serve by this version again, now?"
  >
    <button type="submit" class="danger">
      Roll back to it
    </button>
  </ActionForm>
)

const versionPage = definePage({
  path: '/access/config/versions/:hash',
  title: 'A version of the configuration',
  query: z.object({}),
  view: async (desk, { params }) => {
    const { config } = desk.deps.admin
    const version = await config.version(hashOf(params))
    const { plan } = await config.rollback(version.hash, {
      ...wish(desk, { isDryRun: true, version: null }),
      isReplayed: false,
    })
    return (
      <>
        <Card
          title={`Version ${version.hash}`}
          aside={<a href={address('/access')}>All versions</a>}
        >
          <Facts
            facts={[
              ['first kept', <When ms={version.createdAtMs} />],
              ['by', version.author],
            ]}
          />
        </Card>
        <Plan plan={plan}>
          {plan.changes.length === 0 ? null : <RollBack hash={version.hash} />}
        </Plan>
        <Card title="As it was kept">
          <pre class="source">{version.text}</pre>
        </Card>
      </>
    )
  },
})

const serveVersion = defineAction({
  path: '/access/config/versions/:hash/serve',
  form: z.object({}),
  run: async (desk, { params }) => {
    await desk.deps.admin.config.rollback(
      hashOf(params),
      wish(desk, { isDryRun: false, version: null }),
    )
    return { to: '/access' }
  },
})

export const configEdit = [editPage, planEdit, applyEdit, versionPage, serveVersion]
