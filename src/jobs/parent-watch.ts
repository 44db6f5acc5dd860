// Worker thread of a job: kills the process as soon as its parent is gone. The parent holds the other end of
// stdin and never writes; the kernel closes it when the parent dies, and this thread sees it while the main one is busy.
import { Socket } from 'node:net'

new Socket({ fd: 0, readable: true, writable: false })
  .on('close', () => process.kill(process.pid, 'SIGKILL'))
  .on('error', () => {
    // 'close' follows.
  })
  .resume()
