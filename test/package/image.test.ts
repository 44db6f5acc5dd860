// The Dockerfile and compose.yaml as far as they can be judged without an engine: lint, and what the image promises.
// What they promise is run without one by production.install.ts.
import { readFileSync } from 'node:fs'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const dockerfile = readFileSync('Dockerfile', 'utf8')
const [build = '', last = ''] = dockerfile.split(/^FROM /m).slice(1)

describe('the Dockerfile', () => {
  it('has nothing that a linter finds fault with', () => {
    expect(validate(dockerfile)).toEqual([])
    expect(validate('FORM x\nCMD a')).not.toEqual([])
  })

  it('takes its base image as an argument, in every stage', () => {
    expect([build, last].map((stage) => stage.split('\n')[0])).toEqual([
      '${NODE_IMAGE} AS build',
      '${NODE_IMAGE}',
    ])
  })

  it('runs nothing in its last stage, so that no build tool is in it, and serves as a user by number', () => {
    expect(last).not.toMatch(/^(RUN|ADD) /m)
    expect(build).toMatch(/npm prune --omit=dev/)
    expect(last).toMatch(/^USER \d+:\d+$/m)
  })

  it('has one volume, a health check, and the server itself as its process', () => {
    expect(last.match(/^VOLUME .*$/gm)).toEqual(['VOLUME /data'])
    expect(last).toMatch(/^HEALTHCHECK /m)
    expect(last).toMatch(/^ENTRYPOINT \["node", "dist\/src\/main\.js"\]$/m)
  })

  it('copies nothing that the build leaves out', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n')
    const copied = [...build.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    )
    expect(copied.filter((name) => ignored.includes(name))).toEqual([])
    for (const secret of ['.env*', 'data', 'signalbox.yaml']) expect(ignored).toContain(secret)
  })
})

it('compose.yaml has a read-only root, no capabilities, one volume, and demands an admin key', () => {
  const { services, volumes } = parse(readFileSync('compose.yaml', 'utf8'))
  expect(services.signalbox).toMatchObject({
    user: '10001:10001',
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    volumes: ['data:/data'],
    environment: { SIGNALBOX_ADMIN_KEY: expect.stringContaining(':?') },
  })
  expect(Object.keys(volumes)).toEqual(['data'])
})
