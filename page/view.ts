/** Offset of a picture in pixels, and its scale. */
export interface View {
  readonly x: number
  readonly y: number
  readonly k: number
}
const smallest = 0.02

/** Zooms around the window position (x, y), up to the scale `largest`. */
export function zoomed(view: View, factor: number, x: number, y: number, largest = 3): View {
  const k = Math.max(smallest, Math.min(largest, view.k * factor))
  return { k, x: x - ((x - view.x) * k) / view.k, y: y - ((y - view.y) * k) / view.k }
}

/** Fits a picture into a window, at a scale of at most 1. */
export function fitted(
  width: number,
  height: number,
  window: { readonly width: number; readonly height: number },
): View {
  const k = Math.max(
    smallest,
    Math.min(1, (window.width - 32) / Math.max(1, width), (window.height - 32) / Math.max(1, height)),
  )
  return { k, x: (window.width - width * k) / 2, y: (window.height - height * k) / 2 }
}

/** Centers a point of the picture in the window, at a readable scale. */
export function centred(
  view: View,
  x: number,
  y: number,
  window: { readonly width: number; readonly height: number },
): View {
  const k = Math.max(0.6, view.k)
  return { k, x: window.width / 2 - x * k, y: window.height / 2 - y * k }
}
