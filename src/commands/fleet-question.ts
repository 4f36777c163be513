/** One question that the command for each of several servers asks. */
export interface Question {
  /** Asks, once all others have asked too or have left. */
  ask(): Promise<boolean>
  /** One of them ends without asking. */
  leave(): void
}

/** A question for `count` servers; `put` asks the user, once, if any server asks. */
export function createQuestion(count: number, put: () => Promise<boolean>): Question {
  let open = count
  let isAsked = false
  let answer: (put: Promise<boolean>) => void = () => {}
  const answered = new Promise<boolean>((resolve) => {
    answer = resolve
  })
  const settle = () => {
    open--
    if (open === 0 && isAsked) answer(put())
  }
  return {
    ask() {
      isAsked = true
      settle()
      return answered
    },
    leave: settle,
  }
}
