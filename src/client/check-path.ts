/**
 * Why a path cannot be sent, or undefined where it can. Parts of it are encoded by who builds it; `.` and `..` cannot be
 * (every proxy and server may take them away, escaped or not), so an object of such a name is not to be reached by name.
 */
export function pathFault(path: string): string | undefined {
  if (!/^\/[\u0021-\u007e]*$/.test(path) || path.includes('#'))
    return 'it must start with / and have no spaces, # or letters that are not encoded'
  const segments = (path.split('?')[0] ?? '').split('/')
  const dots = segments.find((segment) => /^(\.|%2e){1,2}$/i.test(segment))
  return dots === undefined ? undefined : `the name \`${dots.replace(/%2e/gi, '.')}\` cannot be addressed by a URL`
}
