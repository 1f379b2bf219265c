import './FileName.css'
import { splitForEllipsis, visibleName } from '../lib/names.ts'

/** A name from anywhere, shown safely: deceptive characters visible, direction isolated, cut in its middle. */
export function FileName({ name }: { name: string }) {
  const { head, tail } = splitForEllipsis(name)
  return (
    <bdi className="file-name" title={visibleName(name)}>
      <span className="file-name-head">{head}</span>
      {tail !== '' && <span className="file-name-tail">{tail}</span>}
    </bdi>
  )
}
