import { type Json, parseJson } from '../json.ts'
import type { AnswerCheck, Reply } from '../model.ts'
import type { Call, Caller } from './call.ts'
import { isPage } from './diagnosis.ts'
import type { HttpResponse } from './exchange.ts'
import { lackOf } from './incomplete.ts'

/** The answer to a call, or what it lacks. Throws `ApiError` if it is no success, or has another shape. */
export function toReply(
  caller: Caller,
  call: Call,
  response: HttpResponse,
  answers?: AnswerCheck,
): Reply | { readonly lack: string } {
  const { status, text } = response
  const { method, path } = call
  if (status < 200 || status >= 300) throw caller.errorOf(call, response)
  const body = text === '' ? null : parsed(text)
  const lack = body === undefined || text === '' ? lackOf(call, response, answers) : undefined
  if (lack !== undefined) return { lack: `was incomplete: ${lack}` }
  if (body === undefined)
    throw answers?.knows(method, path)
      ? caller.wrongAnswer(call, response, isPage(response) ? 'is a web page' : 'is not JSON')
      : caller.errorOf(call, response)
  const fault = answers?.fault(method, path, body)
  if (fault !== undefined) throw caller.wrongAnswer(call, response, fault)
  return { status, body }
}

/** The body of an answer. Throws `ApiError` if it is no success, incomplete, or no JSON. */
export function bodyOf(caller: Caller, call: Call, response: HttpResponse): Json {
  const reply = toReply(caller, call, response)
  if ('lack' in reply) throw caller.wrongAnswer(call, response, reply.lack, 'incomplete-answer')
  return reply.body
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
