import type { Box } from './frames.ts'

/**
 * Path data of an edge: a curve between the borders of the frames. If `isWhole`, it begins and ends at the boxes
 * instead, and runs along their rows inside the frames.
 */
export function pathBetween(from: Box, to: Box, isDown: boolean, isWhole: boolean): string {
  const points = isDown ? curve(turnedBox(from), turnedBox(to)).map(([x, y]): Point => [y, x]) : curve(from, to)
  const [start, out, one, two, into, end] = points.map(([x, y]) => `${round(x)} ${round(y)}`)
  return isWhole ? `M${start}L${out}C${one} ${two} ${into}L${end}` : `M${out}C${one} ${two} ${into}`
}

type Point = readonly [number, number]
type Shape = Pick<Box, 'x' | 'y' | 'width' | 'height'> & { readonly frame: Pick<Box, 'x' | 'y' | 'width' | 'height'> }

/** Start, the four points of the curve, end. */
function curve(from: Shape, to: Shape): readonly Point[] {
  const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2]
  const [start, out] = [from.x + from.width, from.frame.x + from.frame.width]
  if (to.frame.x >= out) {
    const into = to.frame.x
    const bend = Math.max(12, (into - out) / 2)
    return [
      [start, y1],
      [out, y1],
      [out + bend, y1],
      [into - bend, y2],
      [into, y2],
      [to.x, y2],
    ]
  }
  // Within a column, or back: around the right side.
  const [end, into] = [to.x + to.width, to.frame.x + to.frame.width]
  const far = Math.max(out, into) + 22
  // Two edges between boxes in the same row would be one flat line.
  const bulge = Math.abs(y2 - y1) < 6 ? 5 : 0
  return [
    [start, y1],
    [out, y1 - bulge],
    [far, y1 - bulge],
    [far, y2 + bulge],
    [into, y2 + bulge],
    [end, y2],
  ]
}

function turnedBox({ x, y, width, height, frame }: Shape): Shape {
  const turn = (shape: Pick<Box, 'x' | 'y' | 'width' | 'height'>) => ({
    x: shape.y,
    y: shape.x,
    width: shape.height,
    height: shape.width,
  })
  return { ...turn({ x, y, width, height }), frame: turn(frame) }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
