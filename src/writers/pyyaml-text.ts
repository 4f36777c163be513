import { define, isNumber, isObject, type Json, writeJson } from '../json.ts'
import { withEscapes } from '../snapshot/yaml/characters.ts'
import { writeYaml } from '../snapshot/yaml/write-yaml.ts'

/*
 * YAML for PyYAML, which reads YAML 1.1 and not all of that: `1e-7` is a text there, `=` is nothing that it can read, and a text
 * with a question mark in a list on one line is not a text (docs/decisions/0112-files-of-other-tools.md).
 */

/** Formats a value as YAML that PyYAML reads as the same value. */
export function pyYaml(value: Json): string {
  const forms: string[] = []
  const mark = markFor(value)
  const marked = withMarks(value, (form) => `${mark}${forms.push(form) - 1}_`, false)
  const yaml = writeYaml(marked)
  if (forms.length === 0) return yaml
  return yaml.replace(new RegExp(`${mark}(\\d+)_`, 'g'), (_, index: string) => forms[Number(index)] ?? '')
}

/** The start of a text that stands for what is written in another form, which no text of the value contains. */
function markFor(value: Json): string {
  const text = writeJson(value)
  let mark = 'form_'
  while (text.includes(mark)) mark = `a${mark}`
  return mark
}

/** Replaces what has to be written in another form. */
function withMarks(value: Json, markOf: (form: string) => string, isItem: boolean): Json {
  const textFor = (text: string, item: boolean) =>
    isMisread(text, item) ? markOf(withEscapes(JSON.stringify(text))) : text
  if (typeof value === 'string') return textFor(value, isItem)
  if (isNumber(value)) {
    const text = writeJson(value)
    return /e/i.test(text) ? markOf(withPoint(text)) : value
  }
  if (Array.isArray(value)) return value.map((item) => withMarks(item, markOf, true))
  if (!isObject(value)) return value
  const out: Record<string, Json> = {}
  for (const [key, item] of Object.entries(value)) define(out, textFor(key, false), withMarks(item, markOf, false))
  return out
}

/** Whether PyYAML would not read a text without quotes, which YAML 1.2 reads. Lists with several lines are no lists on one line. */
function isMisread(text: string, isItem: boolean): boolean {
  return text === '=' || (isItem && text.includes('?') && !text.includes('\n'))
}

/** `1e22` as `1.0e+22`. */
function withPoint(text: string): string {
  const [digits = '', exponent = ''] = text.toLowerCase().split('e')
  const signed = /^[-+]/.test(exponent) ? exponent : `+${exponent}`
  return `${digits.includes('.') ? digits : `${digits}.0`}e${signed}`
}

/** Lines of text as a comment. An empty line is a line of the comment. */
export function comment(lines: readonly string[]): string {
  return lines.map((line) => `${`# ${line}`.trimEnd()}\n`).join('')
}
