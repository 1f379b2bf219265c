import { ArrowDownToLine } from 'lucide-react'
import { memo, useEffect, useRef, useState, type RefObject } from 'react'
import type { ConsoleTone } from '../../../common/console.ts'
import type { LineBlock } from '../lib/line-log.ts'
import { openConsole, useConsole } from '../state/console.ts'

/** Distance from the end, in pixels, at which the view still counts as being there. */
const NEAR = 12

/** What is read out before a line whose colour says it otherwise. */
const SPOKEN: Partial<Record<ConsoleTone, string>> = { good: 'Good:', warn: 'Warning:', bad: 'Error:' }

/**
 * Everything the console said. It follows the end until one scrolls up to read. All lines are in the page, so that they
 * can be selected across any distance; the browser lays out only the blocks in sight.
 */
export function ConsoleOutput({ element }: { element: RefObject<HTMLDivElement | null> }) {
  const log = useConsole((s) => s.log)
  const flooded = useConsole((s) => s.flooded)
  const open = useConsole((s) => s.stage === 'open')
  const [following, setFollowing] = useState(true)
  const content = useRef<HTMLDivElement>(null)

  // Lines, a narrower panel and blocks that come into sight all change the height.
  useEffect(() => {
    const view = element.current
    if (!following || !view || !content.current) return undefined
    const toEnd = (): void => {
      view.scrollTo(0, view.scrollHeight)
    }
    toEnd()
    const observer = new ResizeObserver(toEnd)
    observer.observe(view)
    observer.observe(content.current)
    return () => observer.disconnect()
  }, [following, element])

  return (
    <div className="console-view">
      <div
        ref={element}
        className="console-output selectable"
        role="log"
        aria-label="Console output"
        aria-live={flooded ? 'off' : 'polite'}
        tabIndex={0}
        onScroll={({ currentTarget: view }) =>
          setFollowing(view.scrollHeight - view.scrollTop - view.clientHeight < NEAR)
        }
        // As in a terminal: a press goes on typing, unless it selected something. By keyboard the line is one Tab away.
        onMouseUp={(event) => {
          if (event.button === 0 && window.getSelection()?.isCollapsed !== false) openConsole()
        }}
      >
        <div ref={content} className="console-lines">
          {open && log.count === 0 && (
            <p className="console-text tone-muted">Type a command and press Enter. “help” lists all of them.</p>
          )}
          {log.blocks.map((block, index) => (
            <Block key={block.start} block={block} last={index >= log.blocks.length - 2} />
          ))}
        </div>
      </div>
      {!following && (
        <button type="button" className="button small console-newest" onClick={() => setFollowing(true)}>
          <ArrowDownToLine size={14} aria-hidden />
          Newest
        </button>
      )}
    </div>
  )
}

/** @param last near the end, where a guessed height would make the view jump */
const Block = memo(function Block({ block, last }: { block: LineBlock; last: boolean }) {
  return (
    <div className={last ? undefined : 'console-block'}>
      {block.lines.map(({ text, tone }, index) => (
        <p key={index} className={`console-text console-${tone}`}>
          {SPOKEN[tone] && <span className="hidden-visually">{SPOKEN[tone]} </span>}
          {text}
        </p>
      ))}
    </div>
  )
})
