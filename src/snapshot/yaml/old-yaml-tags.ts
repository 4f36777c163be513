import type { ScalarTag } from 'yaml'
import { numberOf } from '../../json/number.ts'
import type { Json } from '../../json.ts'

/*
 * Plain scalars as PyYAML's `safe_load` reads them: YAML 1.1, with its own regular expressions. `yes` is true, `0o17`
 * is text, `017` is 15, `1:30` is 90, and `1e3` is text.
 */

/** The only key of a timestamp in a value: Python has a date there, which is no text. Its value is the time in ISO format. */
export const timestampKey = '\u0000timestamp'

const bool: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|true|on)$/i.test(text),
}

const nothing: ScalarTag = {
  tag: 'tag:yaml.org,2002:null',
  default: true,
  test: /^(?:~|null|Null|NULL|)$/,
  resolve: () => null,
}

const integer: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  resolve: (text, onError) => attempt(() => numberOf(String(integerOf(text))), text, onError),
}

function integerOf(text: string): bigint {
  const bare = text.replaceAll('_', '')
  const digits = bare.replace(/^[-+]/, '')
  const amount = /^0[bx]/.test(digits)
    ? BigInt(digits)
    : /^0./.test(digits)
      ? BigInt(`0o${digits.slice(1)}`)
      : digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n)
  return bare.startsWith('-') ? -amount : amount
}

const float: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  resolve: (text, onError) => attempt(() => floatOf(text), text, onError),
}

function floatOf(text: string): unknown {
  const bare = text.replaceAll('_', '')
  if (/inf|nan/i.test(bare)) throw new RangeError(`${text} is not a number that JSON can hold`)
  const sign = bare.startsWith('-') ? '-' : ''
  const digits = bare.replace(/^[-+]/, '')
  if (digits.includes(':')) {
    const amount = digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
    return numberOf(sign + (Number.isInteger(amount) ? `${amount}.0` : String(amount)))
  }
  const [mantissa = '', exponent = ''] = digits.split(/(?=[eE])/)
  const [whole = '', part = ''] = mantissa.split('.')
  return numberOf(`${sign}${whole.replace(/^0+(?=\d)/, '') || '0'}.${part || '0'}${exponent}`)
}

const timestamp: ScalarTag = {
  tag: 'tag:yaml.org,2002:timestamp',
  default: true,
  test: /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
  resolve: (text, onError) => attempt((): Json => ({ [timestampKey]: isoOf(text) }), text, onError),
}

/** A time as `isoformat` of Python prints it, and pydantic in JSON. */
function isoOf(text: string): string {
  const parts =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::(\d\d))?))?)?$/.exec(
      text,
    ) ?? []
  const [, year = '', month = '', day = '', hour, minute = '', second = '', fraction = '', zone, sign, hours, minutes] =
    parts
  const two = (part: string | undefined) => (part ?? '0').padStart(2, '0')
  const date = `${year}-${two(month)}-${two(day)}`
  const time = hour === undefined ? '' : `T${two(hour)}:${minute}:${second}`
  const instant = new Date(`${date}T${hour === undefined ? '00' : two(hour)}:${minute || '00'}:${second || '00'}Z`)
  if (Number.isNaN(instant.getTime()) || instant.getUTCDate() !== Number(day))
    throw new RangeError(`${text} is not a time`)
  const micro = /[1-9]/.test(fraction.slice(0, 6)) ? `.${fraction.slice(0, 6).padEnd(6, '0')}` : ''
  const isUtc = zone === 'Z' || (sign !== undefined && Number(hours) === 0 && Number(minutes ?? 0) === 0)
  return `${date}${time}${micro}${zone === undefined ? '' : isUtc ? 'Z' : `${sign}${two(hours)}:${two(minutes)}`}`
}

function attempt(read: () => unknown, text: string, onError: (message: string) => void): unknown {
  try {
    return read()
  } catch (error) {
    onError(error instanceof Error ? error.message : String(error))
    return text
  }
}

/** The scalar tags of YAML 1.1, in the order in which PyYAML tries them. */
export const oldTags: readonly ScalarTag[] = [bool, float, integer, nothing, timestamp]
