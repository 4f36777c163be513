import type { lintSource } from '@secretlint/core'
import { type SecretName, secretNameOf } from './secret-names.ts'

type Rule = Parameters<typeof lintSource>[0]['options']['config']['rules'][number]['rule']
type RuleCreator = Extract<Rule, { readonly meta: { readonly type: 'scanner' | 'filter' } }>

/*
 * Rules for secretlint in addition to its recommended preset. The text has one value per line, as `name = value`.
 */

/** Patterns of secret values, by message ID. */
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
  // A template or variable instead of a password is not a secret.
  passwordInUrl: /\b[a-z][a-z\d+.-]*:\/\/[^\s:/@?#'"<>]*:(?![{$<*])[^\s@/'"<>]+@[^\s/]/gi,
  // A long user name with digits is a token. The one of a Sentry DSN is public.
  tokenInUrl: /\b[a-z][a-z\d+.-]*:\/\/(?=[^\s:/@]*\d)[\w-]{20,}@(?!\S*sentry)[^\s/]/gi,
  passwordOfCommand:
    /\b(?:curl|wget)\b[^\n]*?\s(?:-u|--user)[ =]?["']?[^\s:"'{$<]+:(?![{$<*])[^\s"']{4,}|\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n]*?\s-p(?![{$<*])[^\s"'-][^\s"']{3,}/g,
  webhookUrl:
    /discord(?:app)?\.com\/api\/webhooks\/\d+\/[\w-]{20,}|webhook\.office\.com\/webhookb2\/\S+?\/IncomingWebhook\/[\da-f]{20,}/gi,
  privateKeyBlock: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,200}?[A-Za-z\d+/]{20}/g,
  integrationKey: /(?:routing|integration)_?key\W{1,6}[\da-zR]{32}\b/gi,
  ageIdentity: /\bAGE-SECRET-KEY-1[A-Z\d]{50,}/g,
  telegramBotToken: /(?<![\w:])\d{8,10}:AA[\w-]{33}(?![\w-])/g,
  // Tokens that begin with the mark of their vendor.
  vendorToken:
    /\b(?:[sr]k_live_|sk-(?:proj|svcacct|admin)-|whsec_|shp(?:at|ss|ca|pa)_|do[opr]_v1_|dbt[cu]_|dckr_pat_|lin_api_|sntrys_|gsk_|pul-|NRAK-|PMAK-|pypi-AgE)[\w-]{20,}|\bATATT3[\w=-]{30,}|\b[A-Za-z\d]{14}\.atlasv1\.[\w-]{30,}/g,
  passwordInConnectionString: /(?:^|[;\s&?])(?:pwd|password)=(?![{$<*])[^;&\s'"]{3,}/gim,
}

/** A name and its value inside of a value: `DB_PASSWORD=…`, `--db-password …`, `"password": "…"`, a line `password: …`. */
const assignments: readonly RegExp[] = [
  /(?<=[\s"';&|?,({]|^)-{0,2}([A-Za-z_][\w.-]{1,80})=(["']?)([^\s"'&;,]{4,})\2/gm,
  /(?<=[\s"';&|]|^)--([A-Za-z][\w.-]{1,80})[ \t]+(["']?)((?!\w+=[^=])[^\s"'-][^\s"']{3,})\2/gm,
  /["']([A-Za-z_][\w.-]{1,80})\\?["']\s*:\s*(\\?["'])([^"'\s\\]{4,})\2/g,
  /^[ \t-]*([A-Za-z_][\w.-]{1,80}):[ \t]+(["']?)([^\s"']{4,})\2[ \t]*$/gm,
]
/** In prose: `password: …`, `the token is …`. Only values with letters and digits count there. */
const prose =
  /\b(?:password|passwd|passphrase|passcode|pwd|(?:api|access|secret|private)[ _-]?key|token|secret)\b["'`]?(?: is|:| =)\s+["'`]?(?=[^\s"'`]*\d)(?=[^\s"'`]*[A-Za-z])(?![{$<*./~]|[a-z][\w+.-]*:)([^\s"'`,;|]{8,})/gi
/** `gitlab-api-token`: the name of a secret in lower case, as the value of a field that refers to it. */
const nameAsValue = /^(?=.*[-_.])[a-z][a-z\d]*(?:[-_.][a-z\d]+)*$/
const anySecretWord =
  /password|passwd|pwd|passphrase|token|secret|credentials?|(?:api|access|private|account|signing|encryption)[_-]?key|auth/
/** Words, or words with separators: the name of something, or a kind of authorization. */
const onlyWords = /^(?:[A-Za-z]+(?:[-_./][A-Za-z]+)*|o?auth\d|saml\d|ntlmv?\d|[a-z]{2}\d{3}|sha-?\d+|md5)$/i

/** Whether a value beside the name of a secret is a value of its own, not a reference, template, path or switch. */
function isOwnValue(name: SecretName, value: string): boolean {
  if (name === 'none' || value.trim() === '' || /\s/.test(value.trim())) return false
  if (/[{<$]|^\*+$|^x+$|^[./~]|^<|%[({]/i.test(value)) return false
  if (/^(true|false|null|none|yes|no|on|off|-?\d{1,3}(\.\d+)?)$/i.test(value)) return false
  // A URL without a password, or a name in a secret store (arn:…, vault:…).
  if (/^[a-z][a-z\d+.-]*:/i.test(value)) return false
  // The name of a secret, as opposed to the secret.
  if (nameAsValue.test(value) && anySecretWord.test(value)) return false
  if (name === 'likely') return value.length >= 4 && !onlyWords.test(value)
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
          if (isOwnValue(secretNameOf(name), value)) report('nameOfSecret', match.index, line.length)
        }
        for (const { index, name, value } of tableCells(content))
          if (isOwnValue(secretNameOf(name), value)) report('assignmentOfSecret', index, value.length)
        for (const { index, 0: all, 1: value = '' } of content.matchAll(prose))
          if (isOwnValue('likely', value)) report('assignmentOfSecret', index, all.length)
        for (const { index, 0: all, 1: name = '', 3: value = '' } of assignments.flatMap((form) => [
          ...content.matchAll(form),
        ]))
          if (isOwnValue(secretNameOf(name), value)) report('assignmentOfSecret', index, all.length)
      },
    }
  },
}

/** The cells of tables in Markdown, with the name of their column. */
function* tableCells(
  content: string,
): Generator<{ readonly index: number; readonly name: string; readonly value: string }> {
  for (const { index, 0: table, 1: head = '' } of content.matchAll(
    /^(?:[^\n|=]{1,200} = )?[ \t]*\|(.*)\|[ \t]*\n[ \t]*\|[ \t:|-]+\n(?:[ \t]*\|.*\n?)+/gm,
  )) {
    const names = head.split('|').map((name) => name.trim())
    const [, , ...rows] = table.trimEnd().split('\n')
    let at = index + table.indexOf(rows[0] ?? '')
    for (const row of rows) {
      const cells = row.replace(/^[ \t]*\|/, '').split('|')
      for (const [column, cell] of cells.entries()) yield { index: at, name: names[column] ?? '', value: cell.trim() }
      at += row.length + 1
    }
  }
}
