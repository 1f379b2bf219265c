/** Electron's event object: the first argument of every event, with which a listener can prevent what would follow. */
export interface ShellEvent {
  readonly defaultPrevented: boolean
  preventDefault(): void
}

/** Makes an event object carrying `properties` besides `preventDefault`. */
export function shellEvent<T extends object>(properties: T): ShellEvent & T {
  let prevented = false
  const event = {
    get defaultPrevented() {
      return prevented
    },
    preventDefault() {
      prevented = true
    },
  }
  return Object.defineProperties(event, Object.getOwnPropertyDescriptors(properties)) as ShellEvent & T
}

let lastId = 0
/** One counter for windows, web contents, blockers and questions: an id never means two things. */
export const nextId = (): number => ++lastId
