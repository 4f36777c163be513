import { numberOf } from '../../json/number.ts'
import type { LosslessNumber } from '../../json.ts'

/** The number syntax of YAML 1.2 (core schema). */
export const forms = {
  integer: /^[-+]?[0-9]+$/,
  radix: /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/,
  float: /^[-+]?(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$/,
  notJson: /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
} as const

/**
 * Parses a plain scalar as an exact number: 5.0, 1e22 and 2^53+1 keep their form; undefined if it is not a number.
 * Throws `RangeError` for numbers that JSON cannot represent.
 */
export function numberFrom(text: string): number | LosslessNumber | undefined {
  if (forms.integer.test(text)) return numberOf(text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1'))
  if (forms.radix.test(text)) return numberOf(String(BigInt(text)))
  if (forms.notJson.test(text)) throw new RangeError(`${text} is not a number that JSON can hold`)
  if (!forms.float.test(text)) return undefined
  const plain = text
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '.0')
  return numberOf(plain)
}
