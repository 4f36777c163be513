import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy for bytes that takes half a round trip each way, however many bytes there are. */
export async function openDistance(target: string, tripMs: number): Promise<{ url: string; close(): Promise<void> }> {
  const base = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const onward = connect(Number(base.port), base.hostname)
    for (const [from, to] of [
      [near, onward],
      [onward, near],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), tripMs / 2))
      from.on('end', () => setTimeout(() => to.end(), tripMs / 2))
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
