/** Whether a name is that of a secret. `likely`: only if the value is not a word or words. */
export type SecretName = 'certain' | 'likely' | 'none'

const keysOf = 'api|access|secret|private|account|sign(?:ing)?|encrypt(?:ion)?|decrypt(?:ion)?|master|fernet|auth|ssh'
/** Endings of names of secrets, with or without a separator before them, as in `PGPASSWORD`. */
const certain = new RegExp(
  `(?:password|passwd|passphrase|passcode|pwd|token|(?:${keysOf})keys?|connectionstring|connstr|authstring)$`,
)
const likely =
  /(?:secret|credentials?|creds|(?:db|user|root|admin|smtp|mail|ftp|sql|pg|proxy)pass|(?:app|storage|shared|service|session|deploy|license|subscription|webhook|write|jwt|hmac|hash|cipher)key)$/
/**
 * Names of secrets that must be complete words, because they also occur within others, such as `author` and
 * `passthrough`.
 */
const wholeWords = /^(?:pass|auth|authorization|pat|jwt|bearer|pin|otp|passkey|cookie)$/
/** Suffixes after the name of a secret: `PASSWORD_PROD`, `apiKey2`. */
const qualifier =
  /^(?:prod|production|prd|dev|development|stage|staging|stg|test|qa|uat|sandbox|live|local|eu|us|uk|ap|old|new|current|previous|primary|secondary|main|backup|ro|rw|readonly|value|plain|plaintext|raw|text|base64|b64|encoded|json|v?\d+)$/
/** Beginnings of names of secrets, unless the rest describes the secret: `TOKEN_GITHUB`, `secretStripe`. */
const beginning = /^(?:password|passwd|passphrase|pwd|token|secret|apikey|accesskey|secretkey|privatekey|clientsecret)$/
const about = new RegExp(
  `^(?:${[
    'names?|id|ids|identifier|ur[ln]s?|uris?|arns?|paths?|files?|filename|dirs?|folder|env|vars?|variables?|types?|keys?|refs?',
    'references?|fields?|columns?|len|length|size|min|max|minimum|maximum|counts?|limits?|budget|usage|ttl|age|expir.*',
    'lifetime|duration|interval|rotat.*|polic.*|rules?|regex|pattern|formats?|encoding|algorithm|methods?|mode|headers?',
    'prefix|suffix|param.*|providers?|managers?|stores?|storage|backends?|engine|vault|service|source|endpoints?|host|port',
    'issuer|audience|scopes?|claims?|grants?|blocks?|slug|versions?|label|title|description|hint|prompt|required|optional',
    'enabled|disabled|allowed|valid.*|check|reset|change|login|protected|template|namespace|groups?|mount|volumes?|exists',
    'from|in|for|to|by|is|has|with|per|and|or|options?|config|settings?|schema|class|index|strategy|placeholder|example',
  ].join('|')})$`,
)
const counted = /^(?:max|min|num|n|total|avg|count)$/

/**
 * Whether a name is that of a secret, such as `DB_PASSWORD`, `PGPASSWORD`, `x-api-key`, `PASSWORD_PROD` or `AUTH`, and not
 * one about a secret, such as `secret_name` or `max_tokens`.
 */
export function secretNameOf(name: string): SecretName {
  const words = wordsOf(name)
  if (counted.test(words[0] ?? '')) return 'none'
  let end = words.length
  while (end > 1 && qualifier.test(words[end - 1] ?? '')) end--
  const last = words[end - 1] ?? ''
  const lastTwo = `${words[end - 2] ?? ''}${last}`
  if (certain.test(lastTwo)) return 'certain'
  if (likely.test(lastTwo) || wholeWords.test(last)) return 'likely'
  const begins = [2, 1].find((count) => beginning.test(words.slice(0, count).join('')))
  const rest = begins === undefined ? [] : words.slice(begins)
  return rest.length > 0 && rest.length < 3 && !rest.some((word) => about.test(word)) ? 'likely' : 'none'
}

/** The words of a name in snake, kebab or camel case, in lower case. */
function wordsOf(name: string): string[] {
  const spaced = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/(?<![A-Z])([A-Z]+)([A-Z][a-z])/g, '$1 $2')
  return spaced
    .replace(/([A-Za-z])(\d+)(?![A-Za-z\d])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
}
