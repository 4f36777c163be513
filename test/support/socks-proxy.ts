import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A SOCKS5 proxy of a test, with a login if one is given. */
export async function socksProxy(login?: { readonly user: string; readonly password: string }) {
  const asked: string[] = []
  const server = createServer(async (socket: Socket) => {
    socket.on('error', () => {})
    const next = () => new Promise<Buffer>((resolve) => socket.once('data', resolve))
    await next()
    socket.write(Buffer.from([5, login ? 2 : 0]))
    if (login) {
      const given = await next()
      const user = given.subarray(2, 2 + (given[1] ?? 0)).toString()
      const password = given.subarray(3 + user.length).toString()
      const isGood = user === login.user && password === login.password
      socket.write(Buffer.from([1, isGood ? 0 : 1]))
      if (!isGood) return void socket.end()
    }
    const wanted = await next()
    // The address as four bytes, or as a name with its length.
    const name = wanted[3] === 1 ? wanted.subarray(4, 8).join('.') : wanted.subarray(5, wanted.length - 2).toString()
    const port = wanted.readUInt16BE(wanted.length - 2)
    asked.push(`${name}:${port}`)
    const to = connect(port, name, () => {
      socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
      socket.pipe(to).pipe(socket)
    })
    to.on('error', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close: () => server.close() }
}
