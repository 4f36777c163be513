import type { PageData } from '../src/report/html/page-data.ts'

/** The fragment that links to a resource, such as `#deployment/etl/prod`. */
export function fragmentOf({ kind, key }: PageData['refs'][number]): string {
  return `#${[kind, ...key.split('/')].map(encodeURIComponent).join('/')}`
}

/** The name of the resource that a fragment links to, as a person may have typed it too; empty if there is none. */
export function nameIn(fragment: string): string {
  const text = fragment.replace(/^#/, '')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Finds a resource by its name: `deployment/etl/prod`. */
export function refNamed(refs: PageData['refs'], name: string): number | undefined {
  const index = refs.findIndex(({ kind, key }) => `${kind}/${key}` === name)
  return index < 0 ? undefined : index
}
