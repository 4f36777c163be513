/** Measures names in the bold font of the overview, in pixels at a font size of 12. */
export function makeTextWidth(): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d')
  if (!context) return (text) => text.length * 8
  context.font = `600 12px ${getComputedStyle(document.body).fontFamily}`
  return (text) => context.measureText(text).width
}

/** As much of a text as fits into a width: its beginning and its end. */
export function fitting(text: string, width: number, widthOf: (text: string) => number): string {
  const needed = widthOf(text)
  if (needed <= width) return text
  const most = Math.max(3, Math.floor((text.length * width) / needed) - 1)
  const end = Math.floor(most * 0.4)
  return `${text.slice(0, most - end - 1)}…${text.slice(text.length - end)}`
}
