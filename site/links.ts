import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** Where the files of the repository are that the site does not have. */
export const repository = 'https://github.com/prefect-snapshot/prefect-snapshot'

/**
 * The address on the site of a link in a page. Pages are written for a forge: links to a `README.md` lead to the index of its folder, and
 * links to what is outside of `docs/`, or to folders, lead to the repository.
 */
export function siteLink(href: string, page: string): string {
  if (/^(?:[a-z]+:|#|\/\/)/i.test(href)) return href
  const [path = '', hash] = href.split('#')
  const target = normalize(join('docs', dirname(page), path))
  const isFolder = existsSync(join('..', target)) && statSync(join('..', target)).isDirectory()
  if (isFolder) return `${repository}/tree/main/${target}`
  if (!target.startsWith('docs/') || !/\.md$/.test(target)) return `${repository}/blob/main/${target}`
  const local = path.replace(/(^|\/)README\.md$/, '$1index.md')
  return hash === undefined ? local : `${local}#${hash}`
}

/** The anchor of a heading, as forges make it. */
export function slug(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/<[^>]*>/g, '')
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-')
}
