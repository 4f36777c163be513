import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, jsonAnswer } from './cloud-wire.ts'

/** What goes wrong with a request. */
export type CloudFault =
  /** The key of the request expires before it, for good: 401. */
  | 'expired-key'
  /** The key of the request gets the scopes of a viewer before it, for good: 403 for writes. */
  | 'demoted-key'
  /** The workspace of the request is deleted before it, for good. */
  | 'deleted-workspace'
  /** 429 with a `Retry-After` of 0.1 s, as one of a storm. */
  | 'rate-limit'
  | { readonly retryAfter: number }
  /** 502 with the HTML page of a load balancer. */
  | 'bad-gateway'
  /** The request is carried out; its answer is half of the JSON, as if it were whole. A write that answers nothing gets half of an object. */
  | 'cut-json'
  /** The request is carried out; the connection closes in the middle of the answer. */
  | 'torn-body'
  /** The request is carried out; its answer arrives in pieces, with pauses. */
  | { readonly slowBody: { readonly pieces: number; readonly pauseMs: number } }
  /** The connection closes before the request reaches the server. */
  | 'lost-request'
  /** The connection closes after the request was carried out. */
  | 'lost-answer'
  /** Any other answer, without carrying out the request. */
  | { readonly answer: { readonly status: number; readonly detail: string } }

/** Which requests a fault is for. */
export interface FaultPlace {
  /** Only requests whose "METHOD /path", below the workspace or below `/api`, matches. */
  readonly match?: RegExp
  /** The first of the matching requests, from 1; by default the next one. */
  readonly at?: number
  /** The number of matching requests in a row; by default one. Not for what is for good. */
  readonly times?: number
}

/** Faults that wait for their requests. */
export interface FaultQueue {
  add(fault: CloudFault, place?: FaultPlace): void
  /** The fault of a request, which counts it. */
  of(line: string): CloudFault | undefined
  clear(): void
}

export function faultQueue(): FaultQueue {
  let waiting: { fault: CloudFault; match: RegExp; from: number; to: number; seen: number }[] = []
  return {
    add: (fault, { match = /./, at = 1, times = 1 } = {}) =>
      void waiting.push({ fault, match, from: at, to: at + times - 1, seen: 0 }),
    of(line) {
      const due = waiting.filter((one) => {
        if (!one.match.test(line)) return false
        one.seen++
        return one.seen >= one.from && one.seen <= one.to
      })
      waiting = waiting.filter(({ seen, to }) => seen < to)
      return due[0]?.fault
    },
    clear: () => void waiting.splice(0),
  }
}

const page = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

/** The answer of a fault that does not let the request reach the server. */
export function answerInstead(fault: CloudFault | undefined): Answer | undefined {
  if (fault === 'rate-limit') return rateLimited(100)
  if (fault === 'bad-gateway') return { status: 502, headers: { 'content-type': 'text/html' }, body: Buffer.from(page) }
  if (typeof fault !== 'object') return undefined
  if ('retryAfter' in fault) return rateLimited(fault.retryAfter * 1000)
  return 'answer' in fault ? jsonAnswer(fault.answer.status, { detail: fault.answer.detail }) : undefined
}

/** 429; that the body speaks of the orchestration API's rate limit is [client], its words are [inferred]. */
export function rateLimited(waitMs: number): Answer {
  // Whole seconds as Cloud sends them [inferred], but for the short windows of tests.
  const seconds = waitMs > 5000 ? Math.ceil(waitMs / 1000) : Math.ceil(waitMs) / 1000
  const detail = 'The rate limit of the orchestration API has been exceeded. Try again later.'
  return jsonAnswer(429, { detail }, { 'retry-after': String(seconds) })
}

/** Sends an answer, damaged as the fault says. */
export async function sendAnswer(outgoing: ServerResponse, answer: Answer, fault: CloudFault | undefined) {
  if (fault === 'lost-answer') return void outgoing.destroy()
  if (fault === 'cut-json' && answer.status === 204) {
    outgoing.writeHead(200, { 'content-type': 'application/json' })
    return void outgoing.end('{"id": "5eed')
  }
  const { status, headers } = answer
  const isCut = fault === 'cut-json' && status < 300
  const body = isCut ? answer.body.subarray(0, Math.floor(answer.body.length / 2)) : answer.body
  const length = status === 204 ? {} : { 'content-length': String(body.length) }
  outgoing.writeHead(status, { ...headers, ...length })
  if (fault === 'torn-body') {
    outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy())
    return
  }
  if (typeof fault === 'object' && 'slowBody' in fault) {
    const { pieces, pauseMs } = fault.slowBody
    const size = Math.max(1, Math.ceil(body.length / pieces))
    for (let at = 0; at < body.length && !outgoing.destroyed; at += size) {
      await sleep(pauseMs)
      outgoing.write(body.subarray(at, at + size))
    }
    return void outgoing.end()
  }
  outgoing.end(body)
}
