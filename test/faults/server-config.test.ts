// The configuration of a running process: SIGHUP, an edited file, a bad one, and the commands beside it.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { createSite, type RunningServer, type Site } from '../support/server.ts'

let site: Site
let server: RunningServer
let file: string

beforeAll(async () => {
  site = await createSite()
  file = join(site.dir, 'signalbox.yaml')
  server = await site.start()
}, 90_000)

afterAll(() => site.remove())

/** Goes wherever the default route is; the other can be replayed. */
const NO_SIGNAL = '???'
const PROMPT = 'debug the python script that fails'

const withDefaultRoute = async (route: string): Promise<string> =>
  stringify({ ...parse(await readFile(file, 'utf8')), default_route: route })

/** The reload that comes after `log` had so many lines. */
const reloaded = (since: number) =>
  server.logged(
    (line) => line.msg === 'configuration reloaded' && server.log().indexOf(line) >= since,
  )

// Each begins where the one before has left the folder.
describe('the configuration of a running server', { shuffle: false }, () => {
  it('is read again when its file changes, and on SIGHUP where a bad one is refused', async () => {
    await server.route(PROMPT)
    expect(await server.route(NO_SIGNAL)).toMatchObject({ route: 'general' })
    const lines = server.log().length
    await writeFile(file, await withDefaultRoute('writing'))
    expect(await reloaded(lines)).toMatchObject({ cause: 'file' })
    expect(await server.route(NO_SIGNAL)).toMatchObject({ route: 'writing' })

    const good = await readFile(file, 'utf8')
    await writeFile(file, good.replace('default_route:', 'defualt_route:'))
    server.kill('SIGHUP')
    const refused = await server.logged(({ level }) => level === 'error')
    expect(refused.problem).toContain('defualt_route: unknown key')
    expect(await server.route(NO_SIGNAL)).toMatchObject({ route: 'writing' })
  }, 60_000)

  it('is mended, planned, compared and listed by commands beside the server', async () => {
    const before = server.log().length
    const rolled = await site.run(['config', 'rollback', '--json'])
    expect(rolled.stderr).toBe('')
    expect(JSON.parse(rolled.stdout)).toMatchObject({ applied: true, server_pid: server.pid })
    expect(await readFile(file, 'utf8')).toContain('default_route: writing')

    const draft = join(site.dir, 'draft.yaml')
    await writeFile(draft, await withDefaultRoute('general'))
    const planned = await site.run(['config', 'apply', draft, '--dry-run'])
    expect(planned.stdout).toContain('- default_route: "writing"\n+ default_route: "general"\n')
    expect(planned.stdout).toMatch(
      /\d+\.\d % of the last 7 days' \d+ decisions would take another route/,
    )
    expect(planned.stdout).toContain('Nothing was written.')

    expect((await site.run(['config', 'apply', draft, '--no-replay'])).exitCode).toBe(0)
    await reloaded(before)
    expect(await server.route(NO_SIGNAL)).toMatchObject({ route: 'general' })

    const history = await site.run(['config', 'history', '--json'])
    const { data } = JSON.parse(history.stdout) as { data: { version: string; cause: string }[] }
    expect(data.map(({ cause }) => cause)).toEqual(['file', 'file', 'start'])
    expect(data[0]?.version).toBe(data[2]?.version)
    const diff = await site.run(['config', 'diff'])
    expect(diff.stdout.split('\n').slice(2)).toEqual([
      '- default_route: "writing"',
      '+ default_route: "general"',
      '',
    ])
    expect((await site.run(['config', 'diff', 'file', '--json'])).stdout).toContain('"changes":[]')
    expect(await server.stop()).toEqual({ code: 0, signal: null })
  }, 120_000)
})
