// A program that runs a build and says the build process's pid, to be killed in the middle of it.
const [runBuildUrl, entry] = process.argv.slice(2)
const { runBuild } = await import(runBuildUrl)
await runBuild(
  {},
  {
    entry: new URL(entry),
    onProgress: (_stage, pid) => process.stdout.write(`${pid}\n`),
  },
)
