// Whether anything happened since a page last asked: a count of decisions and of requests that ended.

export interface Activity {
  note(): void
  count(): number
}

export const createActivity = (): Activity => {
  let noted = 0
  return {
    note: () => {
      noted++
    },
    count: () => noted,
  }
}
