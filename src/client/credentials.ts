import { shorten, visible } from '../plain-text.ts'
import type { Connection } from '../profile/connection.ts'
import { conceal } from './conceal.ts'
import { formsOf } from './secret-forms.ts'

/** The credentials of a connection, which no text of its server may carry into a message or a file. */
export interface Credentials {
  /** Every value that is concealed in a message. */
  readonly values: readonly string[]
  /** A text of the server for a message: bounded, on one line, without credentials. */
  shown(text: string): string
  /** Whether data of the server contains what was sent for authorization. A password alone does not count, since it may be a word. */
  areIn(data: string): boolean
}

/** The longest text of a server within a message, such as an address. */
const longest = 200
/** A shorter value would be found by chance. */
const shortest = 8

/** The credentials that are sent with each request of a connection. */
export function credentialsOf({ authorization, headers, proxyAuthorization }: Connection): Credentials {
  const parts = [authorization, proxyAuthorization].map((header) => partsOf(header?.reveal() ?? ''))
  const sent = [
    ...parts.flatMap(({ value, plain }) => [value, plain]),
    ...[...headers.values()].map((header) => header.reveal()),
  ]
  const values = [...sent, ...parts.map(({ password }) => password)].filter((text) => text !== '')
  const telling = sent.filter((text) => text.length >= shortest).flatMap(formsOf)
  const needles = [...new Set(telling.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]))]
    .map((text) => text.toLowerCase())
    .filter((text) => text.length >= shortest)
  return {
    values,
    shown: (text) => visible(shorten(conceal(text, values.flatMap(formsOf)), longest)),
    areIn: (data) => {
      if (needles.length === 0) return false
      const lower = data.toLowerCase()
      return needles.some((needle) => lower.includes(needle))
    },
  }
}

/** The value of an authorization header without its scheme; of Basic, also decoded, with its password. */
function partsOf(header: string) {
  const [scheme = '', value = ''] = header.split(' ')
  const plain = scheme === 'Basic' ? Buffer.from(value, 'base64').toString('utf8') : ''
  return { value, plain, password: plain.slice(plain.indexOf(':') + 1) }
}
