// The parameters that a vendor's official client knows for a request, read off the types that it is published with; these are
// generated from the vendor's OpenAPI document.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Members of the interface `name` in a declaration file of an installed package. */
const membersOf = (packageName: string, file: string, name: string): string[] => {
  const entry = fileURLToPath(import.meta.resolve(packageName))
  const root = entry.slice(0, entry.lastIndexOf(packageName) + packageName.length)
  const text = readFileSync(`${root}/${file}`, 'utf8')
  const start = text.indexOf(`export interface ${name} {`)
  if (start === -1) throw new Error(`${packageName} has no interface ${name} in ${file}`)
  const body = text.slice(start, text.indexOf('\n}', start))
  return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, member = '']) => member)
}

export const openAiChatFields = (): string[] =>
  membersOf(
    'openai',
    'resources/chat/completions/completions.d.ts',
    'ChatCompletionCreateParamsBase',
  )

export const openAiResponsesFields = (): string[] =>
  membersOf('openai', 'resources/responses/responses.d.ts', 'ResponseCreateParamsBase')

/** `betas` is told by a header. */
export const anthropicFields = (): string[] => {
  const of = (file: string) => membersOf('@anthropic-ai/sdk', file, 'MessageCreateParamsBase')
  const all = [
    ...of('resources/messages/messages.d.ts'),
    ...of('resources/beta/messages/messages.d.ts'),
  ]
  return [...new Set(all)].filter((name) => name !== 'betas')
}
