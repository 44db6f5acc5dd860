// A job that dies by a signal in the middle of its work.
export const work = () => process.kill(process.pid, 'SIGSEGV')
