// Every key of signalbox.yaml as tables, a section each, from the schema's own descriptions and defaults.
import { z } from 'zod'
import { configSchema } from '../../src/config/config-schema.ts'
import { RESTART_KEYS } from '../../src/config/restart-keys.ts'
import { markdownTable } from './markdown-table.ts'
import { type JsonSchema, typeText } from './type-text.ts'

interface Key {
  path: string[]
  schema: JsonSchema
  isRequired: boolean
}

/** What stands for a name of the user's own. */
const OWN_NAME = 'NAME'

/** The keys under `schema` that hold a value, with all that is between them and it. */
const keysUnder = (schema: JsonSchema, path: string[]): Key[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const own = [...path, name]
    if (inner.properties) return keysUnder(inner, own)
    const { additionalProperties: values } = inner
    if (values && typeof values === 'object' && values.properties) {
      return keysUnder(values, [...own, OWN_NAME])
    }
    return [{ path: own, schema: inner, isRequired: schema.required?.includes(name) ?? false }]
  })

const defaultText = ({ schema, isRequired }: Key): string => {
  if (isRequired) return 'required'
  return schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``
}

const needsRestart = ({ path }: Key): boolean =>
  RESTART_KEYS.some((prefix) => prefix.every((key, i) => path[i] === key))

const row = (key: Key): string[] => [
  `\`${key.path.join('.')}\`${needsRestart(key) ? ' ↻' : ''}`,
  typeText(key.schema),
  defaultText(key),
  key.schema.description ?? '',
]

const table = (keys: Key[]): string =>
  markdownTable(['key', 'value', 'default', 'what'], keys.map(row))

/** A heading and a table for each section; keys of the top level that are no section come last. */
export const configTable = (): string => {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema
  const sections = Object.entries(schema.properties ?? {})
  const keysOf = (name: string): Key[] =>
    keysUnder(schema, []).filter(({ path }) => path[0] === name)
  const isValue = (name: string): boolean => keysOf(name).every(({ path }) => path.length === 1)
  const parts = sections
    .filter(([name]) => !isValue(name))
    .map(
      ([name, { description = '' }]) => `### ${name}\n\n${description}\n\n${table(keysOf(name))}`,
    )
  const values = sections.flatMap(([name]) => (isValue(name) ? keysOf(name) : []))
  return [...parts, `### The rest\n\n${table(values)}`].join('\n\n')
}
