// The project's own files of labelled lines, as benches read them: every line is known to be good.
import { readFile } from 'node:fs/promises'

export const readJsonLines = async <T>(path: string): Promise<T[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T)
