// The configuration that serves, and those that served before it.
import type { ConfigState } from '../../../config/reloader.ts'
import type { ConfigActivation } from '../../../core/records/config-version.ts'
import { address, segment } from '../../view/address.ts'
import { Badge, Card, Facts, Notice } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'
import { Ago, When } from '../../view/time.tsx'

const MOST = 50

const Warnings = ({ state }: { state: ConfigState }) => (
  <>
    {state.lastError === null ? null : (
      <Notice tone="bad">The file as it is does not serve: {state.lastError.message}</Notice>
    )}
    {state.restartRequired.length === 0 ? null : (
      <Notice tone="warn">Waits for a restart: {state.restartRequired.join(', ')}</Notice>
    )}
  </>
)

export const ServingConfig = ({
  state,
  activations,
}: {
  state: ConfigState
  activations: readonly ConfigActivation[]
}) => (
  <Card
    title="Configuration"
    id="config"
    aside={<a href={address('/access/config')}>Edit and plan</a>}
  >
    <Warnings state={state} />
    <Facts
      facts={[
        ['serves', <span class="mono">{state.serving.version}</span>],
        ['since', <Ago ms={state.atMs} />],
        ['by', `${state.author} (${state.cause})`],
        ['file', state.serving.path ?? 'none: the embedded defaults'],
      ]}
    />
    <h3>Versions that served</h3>
    <Table
      caption="Versions that served"
      rows={activations.slice(0, MOST)}
      empty="None was kept."
      columns={[
        {
          title: 'version',
          cell: ({ hash }) => (
            <a class="mono" href={address(`/access/config/versions/${segment(hash)}`)}>
              {hash}
            </a>
          ),
        },
        { title: 'began to serve', cell: ({ atMs }) => <When ms={atMs} /> },
        { title: 'by', isWide: true, cell: ({ author }) => author },
        { title: 'why', cell: ({ cause }) => cause },
        {
          title: '',
          cell: ({ hash }) =>
            hash === state.serving.version ? <Badge tone="good">serves</Badge> : null,
        },
      ]}
    />
  </Card>
)
