/** Where a picture is seen from: how far it is moved, in pixels, and how large it is. */
export interface View {
  readonly x: number
  readonly y: number
  readonly k: number
}
const [smallest, largest] = [0.02, 3]

/** Larger or smaller, with the point (x, y) of the window staying where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  const k = Math.max(smallest, Math.min(largest, view.k * factor))
  return { k, x: x - ((x - view.x) * k) / view.k, y: y - ((y - view.y) * k) / view.k }
}

/** So that a picture of this size fills a window of that size, and is no larger than life. */
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

/** So that a point of the picture is in the middle of the window, large enough to be read. */
export function centred(
  view: View,
  x: number,
  y: number,
  window: { readonly width: number; readonly height: number },
): View {
  const k = Math.max(0.6, Math.min(1, view.k))
  return { k, x: window.width / 2 - x * k, y: window.height / 2 - y * k }
}
