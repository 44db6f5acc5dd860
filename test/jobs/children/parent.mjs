// A program that runs an endless job and says the job's pid, to be killed in the middle of it.
const [runJobUrl, module] = process.argv.slice(2)
const { createJob } = await import(runJobUrl)
const run = createJob({ name: 'endless', module: new URL(module) })
await run({}, { onProgress: ({ done }) => process.stdout.write(`${done}\n`) })
