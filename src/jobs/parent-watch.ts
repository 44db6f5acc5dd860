// Worker thread of a job: kills the process when its parent ends. The parent holds the other end of stdin and never writes; the kernel
// closes it when the parent ends, and this thread notices it even while the main one is busy.
import { Socket } from 'node:net'

new Socket({ fd: 0, readable: true, writable: false })
  .on('close', () => process.kill(process.pid, 'SIGKILL'))
  .on('error', () => {
    // 'close' follows.
  })
  .resume()
