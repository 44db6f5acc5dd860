// Watches the text of a JSON object come in pieces: whether anything has come, and whether the object is closed. Each
// character is looked at once.

export interface ObjectWatch {
  add(text: string): void
  /** Nothing but blanks so far. */
  readonly isBlank: boolean
  /** The first character that is no blank; '' while there is none. */
  readonly first: string
  /** The outermost bracket has closed. */
  readonly isWhole: boolean
}

export const createObjectWatch = (): ObjectWatch => {
  let depth = 0
  let isInString = false
  let isEscaped = false
  let first = ''
  let isWhole = false
  const inString = (char: string): void => {
    if (isEscaped) isEscaped = false
    else if (char === '\\') isEscaped = true
    else if (char === '"') isInString = false
  }
  const outside = (char: string): void => {
    if (char === '"') isInString = true
    else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') {
      depth -= 1
      isWhole ||= depth === 0
    }
  }
  return {
    add: (text) => {
      first ||= text.trimStart().slice(0, 1)
      for (const char of text) {
        if (isInString) inString(char)
        else outside(char)
      }
    },
    get isBlank() {
      return first === ''
    },
    get first() {
      return first
    },
    get isWhole() {
      return isWhole
    },
  }
}
