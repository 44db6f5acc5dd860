// signalbox keys create|list|revoke: gateway keys, written straight into the database. A server that runs on it sees the
// change at its next request, so revoking is in force when the command ends.
import { type Command, InvalidArgumentError } from 'commander'
import { touchKeyStamp } from '../../src/access/key-stamp.ts'
import { isActive } from '../../src/access/known-keys.ts'
import { makeKey } from '../../src/access/new-key.ts'
import { addUsage, dayOf, noUsage } from '../../src/access/windows.ts'
import {
  type DailyUsage,
  type GatewayKey,
  type KeyLimits,
  LIMIT_NAMES,
  type LimitName,
  ROLES,
  type Role,
  type StoredKey,
  type Usage,
} from '../../src/core/decide/gateway-key.ts'
import { RouterError } from '../../src/errors.ts'
import { withContext } from '../terminal/context.ts'
import { printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

interface CreateOptions {
  name: string
  owner?: string
  role?: Role[]
  model?: string[]
  route?: string[]
  limit?: KeyLimits
  expires?: number
  json?: boolean
}

const DEFAULT_ROLES: Role[] = ['inference', 'feedback']

const shown = ({ salt: _salt, hash: _hash, ...key }: StoredKey): GatewayKey => key

const create = (options: CreateOptions): Promise<void> =>
  withContext(async ({ config, paths, store }) => {
    const { secret, key } = makeKey(
      {
        name: options.name,
        owner: options.owner ?? null,
        roles: options.role ?? DEFAULT_ROLES,
        models: options.model ?? null,
        routes: options.route ?? null,
        limits: options.limit ?? {},
        expiresAtMs: options.expires ?? null,
      },
      { config, creator: null, nowMs: Date.now() },
    )
    await (await store()).createKey(key)
    touchKeyStamp(paths.data)
    printResult(options, { ...shown(key), key: secret }, () => [
      secret,
      '',
      `This is the key ${key.id} (${key.name}: ${key.roles.join(', ')}). It is shown this once and kept nowhere.`,
    ])
  })

interface UsedKey extends GatewayKey {
  /** As far as it is in the database: a running server writes every second. */
  used: Record<'day' | 'month', Usage>
}

const withUse = (key: GatewayKey, rows: readonly DailyUsage[], nowMs: number): UsedKey => {
  const used = { day: noUsage(), month: noUsage() }
  const today = dayOf(nowMs)
  for (const row of rows.filter(({ keyId }) => keyId === key.id)) {
    if (row.day.slice(0, 7) === today.slice(0, 7)) addUsage(used.month, row.used)
    if (row.day === today) addUsage(used.day, row.used)
  }
  return { ...key, used }
}

const describeUse = ({ requests, tokens, budget_usd: usd }: Usage): string =>
  `${requests} requests, ${tokens} tokens, USD ${Number(usd.toFixed(4))}`

const describeKey = (key: UsedKey, nowMs: number): string[] => {
  const state = key.revokedAtMs === null ? 'expired' : 'revoked'
  const limits = Object.entries(key.limits).map(([name, most]) => `${name}=${most}`)
  return [
    key.id,
    isActive(key, nowMs) ? 'active' : state,
    key.roles.join(','),
    key.name,
    key.owner ?? '–',
    key.models?.join(',') ?? 'any',
    key.routes?.join(',') ?? 'any',
    limits.join(' ') || 'none',
    describeUse(key.used.day),
    describeUse(key.used.month),
  ]
}

const HEADINGS = [
  ...['id', 'state', 'roles', 'name', 'owner', 'models', 'routes', 'limits'],
  ...['used today', 'used this month'],
]

const list = (options: { json?: boolean }): Promise<void> =>
  withContext(async ({ store: openStore }) => {
    const store = await openStore()
    const nowMs = Date.now()
    const rows = await store.readKeyUsage(`${dayOf(nowMs).slice(0, 7)}-01`)
    const keys = (await store.listKeys()).map((key) => withUse(shown(key), rows, nowMs))
    printResult(options, { keys }, () =>
      keys.length === 0
        ? ['There are no keys; make one with: signalbox keys create --role admin --name NAME']
        : table([HEADINGS, ...keys.map((key) => describeKey(key, nowMs))]),
    )
  })

const revoke = (id: string, options: { json?: boolean }): Promise<void> =>
  withContext(async ({ paths, store }) => {
    if (!(await (await store()).revokeKey({ id, atMs: Date.now() }))) {
      throw new RouterError('key_not_found', `There is no key ${id}; see: signalbox keys list`)
    }
    touchKeyStamp(paths.data)
    printResult(options, { id, revoked: true }, () => [
      `The key ${id} is revoked; a running server refuses it from its next request on.`,
    ])
  })

const toRole = (value: string, roles: Role[] = []): Role[] => {
  if (!ROLES.includes(value as Role)) {
    throw new InvalidArgumentError(`Expected one of ${ROLES.join(', ')}.`)
  }
  return [...roles, value as Role]
}

const several = (value: string, values: string[] = []): string[] => [...values, value]

const toLimit = (value: string, limits: KeyLimits = {}): KeyLimits => {
  const [name = '', most = ''] = value.split('=')
  if (!LIMIT_NAMES.includes(name as LimitName) || !(Number(most) > 0)) {
    throw new InvalidArgumentError(`Expected NAME=NUMBER, NAME one of ${LIMIT_NAMES.join(', ')}.`)
  }
  return { ...limits, [name]: Number(most) }
}

const DAY_MS = 86_400_000

/** `90d`, or a date or time as ISO 8601. */
const toTime = (value: string): number => {
  const days = /^(\d{1,5})d$/.exec(value)?.[1]
  const atMs = days === undefined ? Date.parse(value) : Date.now() + Number(days) * DAY_MS
  if (Number.isFinite(atMs)) return atMs
  throw new InvalidArgumentError('Expected days such as 90d, or a date such as 2030-12-31.')
}

const EXAMPLES = `
Examples:
  signalbox keys create --name ops --role admin
  signalbox keys create --name web-app --owner shop --limit requests_per_minute=60 --limit budget_usd_per_month=20
  signalbox keys create --name ci --role inference --model small --expires 30d`

export const registerKeys = (program: Command): void => {
  const keys = program
    .command('keys')
    .description('Make, list and revoke the keys that callers of this server need.')
  keys
    .command('create')
    .description('Make a key and show it, this once.')
    .requiredOption('--name <name>', 'who or what it is for')
    .option('--owner <owner>', 'keys of one owner may read and vote on each other’s decisions')
    .option(
      '--role <role>',
      `${ROLES.join(', ')}; again for more (default: inference and feedback)`,
      toRole,
    )
    .option('--model <id>', 'only this configured model; again for more', several)
    .option('--route <name>', 'only this route; again for more', several)
    .option('--limit <name=number>', 'e.g. tokens_per_day=100000; again for more', toLimit)
    .option('--expires <when>', '90d, or a date', toTime)
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', EXAMPLES)
    .action(create)
  keys
    .command('list')
    .description('All keys ever made, without the keys themselves, and what they have used (UTC).')
    .option('--json', 'one JSON object on stdout')
    .action(list)
  keys
    .command('revoke <id>')
    .description('Refuse a key from now on.')
    .option('--json', 'one JSON object on stdout')
    .action(revoke)
}
