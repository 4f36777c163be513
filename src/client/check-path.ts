/**
 * Why a path cannot be sent, as a clause, or undefined when it can. The caller encodes the segments of a path; `.` and `..`
 * cannot be encoded, since proxies and servers may remove them even when escaped. An object with such a name has no URL.
 */
export function pathProblem(path: string): string | undefined {
  if (!/^\/[\u0021-\u007e]*$/.test(path) || path.includes('#'))
    return 'a path must start with / and contain no spaces, # or unencoded letters'
  const segments = (path.split('?')[0] ?? '').split('/')
  const dotSegment = segments.find((segment) => /^(\.|%2e){1,2}$/i.test(segment))
  return dotSegment === undefined ? undefined : `no URL can address the name \`${dotSegment.replace(/%2e/gi, '.')}\``
}
