// Where a helper process or thread starts. Node 20 cannot run TypeScript, so tests that import src/*.ts start their helpers from dist/.

/**
 * URL of the compiled module that `relative` (e.g. `./child.js`) names beside the module at `moduleUrl`.
 * From a compiled module it is the neighbour itself, from a source module its counterpart under dist/.
 */
export const entryPoint = (moduleUrl: string, relative: `./${string}.js`): URL => {
  const url = new URL(relative, moduleUrl)
  if (moduleUrl.endsWith('.js')) return url
  const at = url.href.lastIndexOf('/src/')
  return new URL(`${url.href.slice(0, at)}/dist/src/${url.href.slice(at + 5)}`)
}
