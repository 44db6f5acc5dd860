// Adds a route to the text of signalbox.yaml, keeping comments and the order of lines.
import { type Document, isMap, type Pair, parseDocument } from 'yaml'
import { RouterError } from '../errors.ts'
import { readConfigText } from './load-config.ts'
import { routeNamePattern } from './schema/route-schema.ts'

export interface NewRoute {
  name: string
  models: string[]
  description?: string | undefined
}

const refuse = (message: string): never => {
  throw new RouterError('invalid_request', message, { param: 'name' })
}

const checkName = ({ name }: NewRoute, where: string, configured: readonly string[]): void => {
  if (configured.includes(name)) refuse(`The route ${name} is already configured in ${where}.`)
  if (!routeNamePattern.test(name)) {
    refuse(
      `"${name}" cannot name a route: expected lower-case letters, digits, _ and -, a letter first, 64 characters at most.`,
    )
  }
}

/** Whether the other routes are written on one line each. */
const isFlow = ({ items }: { items: readonly Pair[] }): boolean => {
  const last = items.at(-1)?.value
  return isMap(last) && last.flow === true
}

const insert = (document: Document, { name, models, description }: NewRoute): void => {
  const routes = document.get('routes')
  if (!isMap(routes)) {
    refuse(`"routes" is not written as a map of names; add ${name} by hand.`)
    return
  }
  const value = { ...(description && { description }), models }
  routes.set(name, document.createNode(value, { flow: isFlow(routes) }))
}

/**
 * @param where names the file in messages
 * @returns the text with the route in it
 * @throws RouterError `invalid_request` where the name is taken or unfit, `invalid_config` where a model is unknown
 */
export const addRoute = (source: string, route: NewRoute, where: string): string => {
  const place = { where, path: null, env: {} }
  checkName(route, where, Object.keys(readConfigText(source, place).config.routes))
  const document = parseDocument(source)
  insert(document, route)
  const text = document.toString({ lineWidth: 0 })
  readConfigText(text, { ...place, where: `${where} with the route ${route.name}` })
  return text
}
