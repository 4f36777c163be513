import type { Readable } from 'node:stream'

/** Calls `take` with every line of JSON in a stream. */
export function onJsonLines(stream: Readable, take: (message: Record<string, unknown>) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') take(JSON.parse(line) as Record<string, unknown>)
  })
}
