// The parts of the manuals that come from the code, and the text of a manual with such a part as the code has it now.
// A part stands between `<!-- generated: NAME, by npm run docs -->` and `<!-- end: NAME -->`.
import { configTable } from './config-table.ts'
import { endpointTable } from './endpoint-table.ts'
import { errorTable } from './error-table.ts'
import { metricsTable } from './metrics-table.ts'
import { parameterTable, translationTable } from './parameter-table.ts'

export interface GeneratedPart {
  /** The manual that holds it, from the root of the project. */
  file: string
  name: string
  text: () => string
}

export const GENERATED_PARTS: readonly GeneratedPart[] = [
  { file: 'src/config/README.md', name: 'keys', text: configTable },
  { file: 'src/http/README.md', name: 'endpoints', text: endpointTable },
  { file: 'src/http/README.md', name: 'errors', text: errorTable },
  { file: 'src/telemetry/README.md', name: 'metrics', text: metricsTable },
  { file: 'src/upstream/README.md', name: 'parameters', text: parameterTable },
  { file: 'src/upstream/README.md', name: 'translations', text: translationTable },
]

/**
 * `manual` with the part as the code has it.
 * @throws Error where the manual lacks one of the two marks
 */
export const withPart = (manual: string, { file, name, text }: GeneratedPart): string => {
  const begin = `<!-- generated: ${name}, by npm run docs -->`
  const end = `<!-- end: ${name} -->`
  const from = manual.indexOf(begin)
  const to = manual.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`${file} has no part between "${begin}" and "${end}"`)
  return `${manual.slice(0, from + begin.length)}\n\n${text()}\n\n${manual.slice(to)}`
}
