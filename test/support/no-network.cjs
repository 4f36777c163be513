// Loaded before a command line (`node --require`): records every attempt to use the network, and makes it fail.
const { appendFileSync } = require('node:fs')
const refuse = (what) => () => {
  appendFileSync(process.env.NETWORK_LOG, `${what}\n`)
  throw new Error(`no network here: ${what}`)
}
const net = require('node:net')
const dns = require('node:dns')
const dgram = require('node:dgram')
net.Socket.prototype.connect = refuse('connect')
net.Server.prototype.listen = refuse('listen')
dgram.Socket.prototype.bind = refuse('bind')
dgram.Socket.prototype.send = refuse('send')
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  dns[name] = refuse(`dns.${name}`)
  dns.promises[name] = refuse(`dns.${name}`)
}
