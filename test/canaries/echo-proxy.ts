import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMutating } from '../servers/faults.ts'
import { pythonRepr } from '../support/leaks.ts'

/** How a server fails; each answer quotes as much as it can of what it was sent and of what it holds. */
export const failures = [
  '401',
  '403',
  '404',
  '409',
  '422',
  '422 in words',
  '429',
  '500',
  'page',
  'cut',
  'text',
  'list of texts',
  'closed',
] as const
export type Failure = (typeof failures)[number]

/** A proxy that passes everything on until it is told to fail. */
export interface EchoProxy {
  readonly url: string
  /** Which requests fail from now on, and how; the first `after` of them still pass. */
  fail(how: Failure | undefined, which?: 'reads' | 'writes', after?: number): void
  close(): Promise<void>
}

export async function openEchoProxy(target: string): Promise<EchoProxy> {
  const base = new URL(target)
  let rule: { how: Failure; which: 'reads' | 'writes'; left: number } | undefined
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming).catch(() => undefined)
    if (body === undefined) return
    const [method, path] = [incoming.method ?? 'GET', incoming.url ?? '']
    const real = await fetch(base.origin + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === '' || method === 'GET' ? {} : { body }),
    }).catch(() => undefined)
    const text = (await real?.text().catch(() => '')) ?? ''
    const isRead = !isMutating(method, path.replace(/\?.*/, '')) && !/\/admin\/version|csrf-token/.test(path)
    const fails = rule !== undefined && (rule.which === 'reads' ? isRead : isMutating(method, path)) && rule.left-- <= 0
    if (rule !== undefined && fails) return answer(rule.how, { incoming, outgoing, body, text })
    outgoing
      .writeHead(real?.status ?? 502, { 'content-type': 'application/json' })
      .end(real?.status === 204 ? '' : text)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`,
    fail(how, which = 'reads', after = 0) {
      rule = how && { how, which, left: after }
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly body: string
  /** What the server itself says. */
  readonly text: string
}

function answer(how: Failure, { incoming, outgoing, body, text }: Exchange): void {
  const sent = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}`)
  const all = [...sent, body, text].join('\n')
  const send = (status: number, type: string, answered: string): void => {
    outgoing.writeHead(status, { 'content-type': type }).end(answered)
  }
  const json = (status: number, value: unknown): void => send(status, 'application/json', JSON.stringify(value))
  const quoted = `1 validation error for Body [type=string_type, input_value=${pythonRepr(body)}, input_type=dict]`
  if (how === 'closed') incoming.socket.destroy()
  else if (/^40/.test(how)) json(Number(how), { detail: `Refused: ${all}` })
  else if (how === '422') json(422, invalid(body, all))
  else if (how === '422 in words')
    json(422, { detail: `Error creating block: ${quoted}; ${pythonRepr(text)} is not of type 'string'` })
  else if (how === '429') json(429, { detail: `Too many requests of ${all}` })
  else if (how === '500') json(500, { exception_message: `Internal Server Error: ${pythonRepr(all)}` })
  else if (how === 'page') send(200, 'text/html', `<html><title>${all}</title>${all}</html>`)
  else if (how === 'cut') send(200, 'application/json', text.slice(0, text.length / 2))
  else if (how === 'text') json(200, all)
  else json(200, [all, [body], { id: text }])
}

/** A validation error that quotes its input in three ways. */
function invalid(body: string, all: string) {
  const detail = {
    loc: ['body', 'data'],
    msg: `Input should be valid: ${pythonRepr(all)}`,
    type: 'value_error',
    input: body,
  }
  return { exception_message: 'Invalid request received.', exception_detail: [detail], request_body: body }
}

async function bodyOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
