import type { lintSource } from '@secretlint/core'

type Rule = Parameters<typeof lintSource>[0]['options']['config']['rules'][number]['rule']
type RuleCreator = Extract<Rule, { readonly meta: { readonly type: 'scanner' | 'filter' } }>

/*
 * Rules for secretlint that its recommended preset lacks. The text has one value a line, as `name = value`.
 */

/** What a value looks like, by the ID of the message. */
const patterns: Readonly<Record<string, RegExp>> = {
  prefectApiKey: /\bpn[ub]_[A-Za-z0-9]{16,}/g,
  awsAccessKeyId: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  azureAccountKey: /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=[\w+/%=&.-]{20,}/gi,
  azureSasSignature: /[?&]sig=[\w%+/=-]{20,}/gi,
  azureClientSecret: /(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}/g,
  googleApiKey: /\bAIza[\w-]{35}/g,
  jsonWebToken: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
  bearerToken: /\bBearer\s+(?=\S*\d)[\w.~+/=-]{12,}/gi,
  basicCredentials: /\bBasic\s+(?=\S*[\d=])[A-Za-z0-9+/]{12,}={0,2}/gi,
  // A template or variable in the place of the password is none.
  passwordInUrl: /\b[a-z][a-z\d+.-]*:\/\/[^\s:/@?#'"<>]*:(?![{$<*])[^\s@/'"<>]+@[^\s/]/gi,
  passwordInConnectionString: /(?:^|[;\s&?])(?:pwd|password)=(?![{$<*])[^;&\s'"]{3,}/gim,
}

const secretWords = [
  ...['password', 'passwd', 'pwd', 'passphrase', 'token', 'api[_-]?key', 'apikey', 'access[_-]?key', 'secret[_-]?key'],
  ...['private[_-]?key', 'account[_-]?key', 'signing[_-]?key', 'encryption[_-]?key', 'client[_-]?secret'],
  ...['secret', 'credentials?', 'connection[_-]?string'],
].join('|')
const secretName = new RegExp(`(?:^|[^a-z])(?:${secretWords})$`, 'i')
const camelCaseName =
  /[a-z\d](?:Password|Passphrase|Token|ApiKey|AccessKey|SecretKey|PrivateKey|ClientSecret|Secret|Credentials?)$/
/** `DB_PASSWORD=…` and `--db-password …` inside a value. */
const assignment = new RegExp(
  `(?<=[\\s"';&|]|^)(?:[\\w-]*(?:${secretWords})=|--[\\w-]*(?:${secretWords})[ \\t]+)(["']?)([^\\s"']{4,})\\1`,
  'gim',
)
/** `gitlab-api-token`: the name of a secret in lower case, as the value of a field that refers to it. */
const nameAsValue = /^(?=.*[-_.])[a-z][a-z\d]*(?:[-_.][a-z\d]+)*$/
const anySecretWord = new RegExp(secretWords)

/** Whether a name is that of a secret, such as `DB_PASSWORD`, `api_key` or `clientSecret`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) || camelCaseName.test(name)
}

/** Whether a value beside the name of a secret is a value of its own, not a reference, template, path or switch. */
function isOwnValue(name: string, value: string): boolean {
  if (value.trim() === '' || /\s/.test(value.trim())) return false
  if (/[{<$]|^\*+$|^x+$|^[./~]|^<|%[({]/i.test(value)) return false
  if (/^(true|false|null|none|yes|no|on|off|-?\d{1,3}(\.\d+)?)$/i.test(value)) return false
  // A URL without a password, or a name in a secret store (arn:…, vault:…).
  if (/^[a-z][a-z\d+.-]*:/i.test(value)) return false
  // The name of a secret, as opposed to the secret.
  if (nameAsValue.test(value) && anySecretWord.test(value)) return false
  if (/(secret|credentials?)$/i.test(name)) return !/^[a-z]+([-_./][a-z]+)*$/.test(value)
  return !/^(secret|block|env|vault)[/.]/.test(value)
}

const messages = Object.fromEntries(
  [...Object.keys(patterns), 'nameOfSecret', 'assignmentOfSecret'].map((id) => [id, { en: () => id }]),
)

/** The additional rules, as one rule of secretlint. */
export const creator: RuleCreator = {
  messages,
  meta: { id: 'secretlint-rule-value', type: 'scanner', recommended: true, supportedContentTypes: ['text'] },
  create(context) {
    const translate = context.createTranslator(messages)
    const report = (id: string, index: number, length: number) =>
      context.report({ message: translate(id, undefined), range: [index, index + length] })
    return {
      file({ content }) {
        for (const [id, pattern] of Object.entries(patterns))
          for (const match of content.matchAll(pattern)) report(id, match.index, match[0].length)
        for (const match of content.matchAll(/^([^\n=]{1,200}) = (.*)$/gm)) {
          const [line, name = '', value = ''] = match
          if (isSecretName(name) && isOwnValue(name, value)) report('nameOfSecret', match.index, line.length)
        }
        for (const match of content.matchAll(assignment))
          if (isOwnValue('', match[2] ?? '')) report('assignmentOfSecret', match.index, match[0].length)
      },
    }
  },
}
