import type { Drawn, Group } from './drawn.ts'
import {
  between,
  column,
  type Labels,
  type Measure,
  pad,
  readable,
  type Size,
  type Stack,
  shelves,
  type Trial,
  titleHeight,
} from './stack.ts'

/** A resource in the overview: its box, in pixels of the window that the overview was made for. */
export interface Box {
  readonly ref: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly frame: Frame
}

/** The frame around the resources of one kind. */
export interface Frame {
  readonly kind: string
  readonly count: number
  readonly isApart: boolean
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** Edges lead downward, because the window is narrow, instead of to the right. */
  readonly isDown: boolean
  readonly boxes: readonly Box[]
  readonly frames: readonly Frame[]
  /** The top left of the unconnected resources; absent if there are none. */
  readonly apart?: { readonly x: number; readonly y: number; readonly isBeside: boolean }
}

/** The height of the heading above the unconnected resources. */
const heading = 24
/** Measures with names, from comfortable to shortened. */
const withNames: readonly Measure[] = [
  ...[26, 24, 22, 20, 18, 16].map((height) => ({ height, longest: 240 })),
  ...[18, 17, 16].map((height) => ({ height, longest: 120 })),
]
/** Measures with tiles, from large to a dash. */
const withTiles: readonly Measure[] = [14, 13, 12, 11, 10, 9, 8, 7.5, 7, 6.5, 6, 5.5, 5, 4.5, 4, 3.5, 3, 2.5, 2].map(
  (height) => ({ height, longest: 240 }),
)

/**
 * Fits the overview into a window: a frame for each kind, dependents before dependencies, and the unconnected resources
 * below, or beside them in a low window. The boxes are as large as the window allows; frames of few resources stay readable.
 */
export function layOut(drawn: Pick<Drawn, 'layers' | 'apart'>, labels: Labels, window: Size): Layout {
  // In a window that is too small, the overview is made for a larger one, and shown smaller.
  const make = (measure: Measure, few: number, scale: number) => {
    const trial = { ...measure, labels, few }
    const larger = { width: window.width * scale, height: window.height * scale }
    return attempt(drawn, trial, larger, 'below') ?? attempt(drawn, trial, larger, 'beside')
  }
  for (const scale of [1, 1.4])
    for (const measure of scale === 1 ? withNames : withNames.filter(({ height }) => height > 17)) {
      const made = make(measure, 0, scale)
      if (made) return made
    }
  for (const scale of [1, 1.4, 2, 3, 5]) {
    const index = withTiles.findIndex((measure) => make(measure, 0, scale))
    if (index < 0) continue
    // Slightly smaller tiles are worth it if the names of small frames can be read.
    for (const measure of withTiles.slice(index, index + 4)) {
      const made = make(measure, 14, scale)
      if (made) return made
    }
    return make(withTiles[index] as Measure, 0, scale) as Layout
  }
  const endless = { width: Math.max(300, window.width), height: Number.POSITIVE_INFINITY }
  return attempt(drawn, { labels, height: 2, longest: 240, few: 0 }, endless, 'below') as Layout
}

type Placed = Stack['frames'][number] & { readonly isApart: boolean }

/** `place`: where the unconnected resources are. Undefined if the window is too small for the measure. */
function attempt(
  { layers, apart }: Pick<Drawn, 'layers' | 'apart'>,
  trial: Trial,
  window: Size,
  place: 'below' | 'beside',
): Layout | undefined {
  const isDown = window.width < window.height
  const isBeside = place === 'beside'
  if (isBeside && (isDown || apart.length === 0 || layers.length === 0)) return undefined
  const low = { width: window.width * 0.4, height: window.height - heading }
  const other =
    apart.length === 0 ? nothing : isBeside ? column(apart, trial, low) : shelves(apart, trial, window.width)
  if (!other) return undefined
  const taken = { width: other.width + 2 * heading, height: apart.length === 0 ? 0 : other.height + heading + between }
  const room = isBeside
    ? { width: window.width - taken.width, height: window.height }
    : { width: window.width, height: window.height - taken.height }
  const main = inLayers(layers, trial, room, isDown)
  if (!main) return undefined
  const left = isBeside ? window.width - other.width : 0
  const top = isBeside || layers.length === 0 ? 0 : main.height + between
  const moved = other.frames.map((frame) => ({
    ...frame,
    x: left + frame.x,
    y: top + heading + frame.y,
    isApart: true,
  }))
  const height = apart.length === 0 ? main.height : Math.max(main.height, top + heading + other.height)
  const frames = [...main.frames.map((frame) => ({ ...frame, isApart: false })), ...moved]
  const start = apart.length > 0 ? { apart: { x: left, y: top, isBeside } } : {}
  return { width: window.width, height, isDown, ...filled(frames), ...start }
}

const nothing: Stack = { frames: [], width: 0, height: 0 }

/** The layers one after another, with space for edges between them. Undefined if the room is too small. */
function inLayers(layers: readonly (readonly Group[])[], trial: Trial, room: Size, isDown: boolean): Stack | undefined {
  const stacks = layers.map((layer) => (isDown ? shelves(layer, trial, room.width) : column(layer, trial, room)))
  if (!stacks.every((stack) => stack !== undefined)) return undefined
  const along = isDown ? 'height' : 'width'
  const gaps = Math.max(0, stacks.length - 1)
  const used = stacks.reduce((sum, stack) => sum + stack[along], 0)
  const smallest = isDown ? 30 : Math.max(44, room.width * 0.055)
  const left = room[along] - used - gaps * smallest
  if (left < 0) return undefined
  const most = isDown ? 30 : 90
  const gap = Number.isFinite(left) ? smallest + Math.min(most, left / Math.max(1, gaps)) : smallest
  const length = used + gaps * gap
  const across = Math.max(0, ...stacks.map((stack) => stack[isDown ? 'width' : 'height']))
  let at = isDown ? 0 : (room.width - length) / 2
  const frames = stacks.flatMap((stack) => {
    const [x, y] = isDown ? [(room.width - stack.width) / 2, at] : [at, (across - stack.height) / 2]
    at += stack[along] + gap
    return stack.frames.map((frame) => ({ ...frame, x: x + frame.x, y: y + frame.y }))
  })
  return { frames, width: room.width, height: isDown ? length : across }
}

function filled(placed: readonly Placed[]) {
  const boxes: Box[] = []
  const frames = placed.map(({ group, columns, cell, x, y, width, height, isApart }) => {
    const frame: Frame = { kind: group.kind, count: group.refs.length, isApart, x, y, width, height }
    const space = cell.height >= readable ? 4 : Math.max(Math.min(1, cell.height * 0.3), cell.height * 0.2)
    for (const [at, ref] of group.refs.entries())
      boxes.push({
        ref,
        x: x + pad + (at % columns) * cell.width,
        y: y + titleHeight + Math.floor(at / columns) * cell.height,
        width: cell.width - space,
        height: cell.height - space,
        frame,
      })
    return frame
  })
  return { boxes, frames }
}
