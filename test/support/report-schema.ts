import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

const committed = readFileSync(new URL('../../schemas/report.v1.json', import.meta.url), 'utf8')
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(committed) as object)

/** The fields that every report has, and those that a test looks at. */
export interface ParsedReport {
  readonly schema: string
  readonly version: number
  readonly tool: string
  readonly exit: number
  readonly issues: readonly { readonly code: string; readonly message: string }[]
  // biome-ignore lint/suspicious/noExplicitAny: any field of any report.
  readonly [field: string]: any
}

/** Parses what `-f json` printed. Throws if it is not exactly one document of the committed schema. */
export function parseReport(text: string): ParsedReport {
  const report: unknown = JSON.parse(text)
  if (!validate(report)) throw new Error(`${text.slice(0, 200)}: ${JSON.stringify(validate.errors?.slice(-3))}`)
  return report as ParsedReport
}
