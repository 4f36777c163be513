import type { Json } from '../json.ts'
import { keyOf, type Ref } from '../ref.ts'
import { namesIn } from './templates.ts'

/** What the templates of a value name on the server: blocks and variables, as refs. */
export function serverNames(value: Json): Ref[] {
  return namesIn(value).flatMap((name): Ref[] => {
    const [, word, ...path] = name.split('.')
    const [first = '', second = ''] = path
    if (!name.startsWith('prefect.')) return []
    if (word === 'blocks' && second !== '') return [`block/${keyOf(first, second)}`]
    return word === 'variables' && first !== '' ? [`variable/${first}`] : []
  })
}
