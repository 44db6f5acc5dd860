// The collector of traces behind the bench: a process of its own that takes whatever it is posted and keeps nothing.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { printJson } from '../../terminal/output.ts'

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () =>
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(),
  )
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
printJson({ msg: 'listening', url: `http://127.0.0.1:${port}` })
