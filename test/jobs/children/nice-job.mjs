// A job that lowers its priority, some times in a row, and says what it was after each.
import { getPriority } from 'node:os'
import { lowerPriority } from '../../../dist/src/jobs/priority.js'

export const work = async ({ wanted }) =>
  wanted.map((niceness) => {
    lowerPriority(niceness)
    return getPriority()
  })
