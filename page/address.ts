/** Names the selected resource in the address, so that it can be shared. Not at each step: browsers limit the rate. */
export function makeAddress(): (fragment: string) => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return (fragment) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (location.hash === fragment) return
      try {
        history.replaceState(null, '', fragment)
      } catch {
        // A page without an address of its own, for example in a frame, has no links.
      }
    }, 100)
  }
}
