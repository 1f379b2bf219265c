import { createContext, use } from 'react'

/** Where menus and hints are put: the main landmark, so that assistive technology finds them in a region. */
export const FloatingRoot = createContext<HTMLElement | null>(null)

export const useFloatingRoot = (): HTMLElement | null => use(FloatingRoot)
