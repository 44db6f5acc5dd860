// A whole response ↔ the events of its stream: for providers that answer in the other form than was asked for.
import { isObject, type JsonObject, objectsOf } from '../json.ts'

const ENDS = ['response.completed', 'response.incomplete']

/** The response that the events of a finished stream hold; null where they hold none. */
export const responseOfEvents = (events: readonly JsonObject[]): JsonObject | null => {
  const last = events.findLast(({ type }) => ENDS.includes(String(type)))
  return isObject(last?.response) ? last.response : null
}

export const responseEvents = (response: JsonObject): JsonObject[] => {
  const begun = { ...response, status: 'in_progress', output: [], usage: null }
  const items = objectsOf(response.output).flatMap((item, output_index) => [
    { type: 'response.output_item.added', output_index, item },
    { type: 'response.output_item.done', output_index, item },
  ])
  const end = response.status === 'incomplete' ? 'response.incomplete' : 'response.completed'
  const events = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...items,
    { type: end, response },
  ]
  return events.map((event, sequence_number) => ({ ...event, sequence_number }))
}
