// Stands in for a build process that dies by a signal in the middle of its work.
process.once('message', () => process.kill(process.pid, 'SIGSEGV'))
