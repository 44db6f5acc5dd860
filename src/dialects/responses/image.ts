// An image of the answer among the output items: whole when it comes.
import type { JsonObject } from '../json.ts'
import { type ItemPlace, type OpenItem, openItem } from './item.ts'

const DATA_URL = /^data:image\/[a-z0-9.+-]{1,40};base64,/i

/** The bytes in base64; null where the image is elsewhere. */
export const imageData = (url: string): string | null => {
  const mark = DATA_URL.exec(url.slice(0, 100))?.[0]
  return mark === undefined ? null : url.slice(mark.length)
}

export const createImageItem = (place: ItemPlace, data: string): OpenItem => {
  const value: JsonObject = {
    id: place.id,
    type: 'image_generation_call',
    status: 'in_progress',
    result: null,
  }
  const close = openItem(place, value)
  value.result = data
  close('completed')
  return { value, close: () => {} }
}
