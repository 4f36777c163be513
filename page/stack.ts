import type { Group } from './drawn.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

export const titleHeight = 22
/** In boxes of this height or more, names are readable at once. */
export const readable = 15
export const pad = 6
/** The distance between frames of the same layer. */
export const between = 14

/** The height of the boxes, and the most that a name may add to their width. */
export interface Measure {
  readonly height: number
  readonly longest: number
}
/** The width of the longest label of a group, in pixels at a font size of 12. */
export type Labels = (group: Group) => number

export interface Trial extends Measure {
  readonly labels: Labels
  /** Frames of at most this many resources are readable, whatever the height of the other boxes. */
  readonly few: number
}

/** A frame before it has a place. */
export interface Sized extends Size {
  readonly group: Group
  readonly columns: number
  readonly cell: Size
}
/** Frames in a row or in a column. */
export interface Stack extends Size {
  readonly frames: readonly (Sized & { readonly x: number; readonly y: number })[]
}

function cellOf(group: Group, { labels, height, longest, few }: Trial): Size {
  const actual = group.refs.length <= few ? Math.max(height, 19) : height
  // Tiles are easier to tell apart than dashes, and still have room for the beginning of a name.
  if (actual < readable) return { width: actual * (actual < 8 ? 3.4 : 6), height: actual }
  const font = Math.min(12, (actual - 4) * 0.7)
  const width = Math.max(40, Math.min(labels(group) + 20, longest) * (font / 12) + 16)
  return { width: Math.round(width), height: actual }
}

function sized(group: Group, rows: number, trial: Trial): Sized {
  const cell = cellOf(group, trial)
  const columns = Math.ceil(group.refs.length / Math.max(1, rows))
  const actualRows = Math.ceil(group.refs.length / columns)
  const title = group.kind.length * 7.6 + 24 + String(group.refs.length).length * 8
  return {
    group,
    columns,
    cell,
    width: Math.max(title, columns * cell.width) + 2 * pad,
    height: titleHeight + actualRows * cell.height + pad,
  }
}

/** Frames below each other, as narrow as the height of the window allows; in several columns if that is narrower. */
export function column(layer: readonly Group[], trial: Trial, window: Size): Stack | undefined {
  const cells = layer.map((group) => cellOf(group, trial).width)
  const step = Math.min(...cells)
  let narrowest: Stack | undefined
  for (let width = Math.max(...cells); width <= window.width; width += step) {
    const frames = layer.map((group, index) => {
      const columns = Math.max(1, Math.floor(width / (cells[index] ?? 1)))
      return sized(group, Math.ceil(group.refs.length / columns), trial)
    })
    const stack = inColumns(frames, window.height)
    if (stack && stack.width <= window.width && (!narrowest || stack.width < narrowest.width)) narrowest = stack
    if (narrowest && width > narrowest.width) break
  }
  return narrowest
}

/** Frames from top to bottom, and then to the right. Undefined if one of them is too high. */
function inColumns(frames: readonly Sized[], height: number): Stack | undefined {
  if (frames.some((frame) => frame.height > height)) return undefined
  const stack = inRows(frames.map(turned), height)
  return { frames: stack.frames.map(turned), width: stack.height, height: stack.width }
}

function turned<T extends Size & { readonly x?: number; readonly y?: number }>(frame: T): T & { x: number; y: number } {
  return { ...frame, width: frame.height, height: frame.width, x: frame.y ?? 0, y: frame.x ?? 0 }
}

/** Frames beside each other, as low as the width of the window allows; in several rows if there are too many. */
export function shelves(groups: readonly Group[], trial: Trial, width: number): Stack | undefined {
  const most = Math.max(...groups.map(({ refs }) => refs.length))
  for (let rows = 1; rows < 2 * most; rows = Math.max(rows + 1, Math.floor(rows * 1.1))) {
    const frames = groups.map((group) => sized(group, rows, trial))
    const total = frames.reduce((sum, frame) => sum + frame.width + between, -between)
    if (total <= width) return inRows(frames, width)
  }
  const fitting = groups.map((group) => {
    const columns = Math.max(1, Math.floor((width - 2 * pad) / cellOf(group, trial).width))
    return sized(group, Math.ceil(group.refs.length / columns), trial)
  })
  return fitting.some((frame) => frame.width > width) ? undefined : inRows(fitting, width)
}

function inRows(frames: readonly Sized[], width: number): Stack {
  let [x, y, low, right] = [0, 0, 0, 0]
  const placed = frames.map((frame) => {
    if (x > 0 && x + frame.width > width) [x, y] = [0, low + between]
    const at = { ...frame, x, y }
    x += frame.width + between
    low = Math.max(low, y + frame.height)
    right = Math.max(right, at.x + frame.width)
    return at
  })
  return { frames: placed, width: right, height: low }
}
